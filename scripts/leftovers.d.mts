// Types of leftovers.mjs, for its test.
export interface Leftovers {
  readonly processes: readonly { readonly pid: number; readonly command: string }[];
  readonly files: readonly string[];
}
export function findLeftovers(runId: string, folder: string, graceMs?: number): Promise<Leftovers>;
