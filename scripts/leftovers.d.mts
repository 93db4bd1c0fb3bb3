// Types of leftovers.mjs, for the tests.
export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}
export interface Leftovers {
  readonly processes: readonly FoundProcess[];
  readonly files: readonly string[];
}
export function processesWith(name: string, value: string): FoundProcess[];
export function findLeftovers(runId: string, folder: string, graceMs?: number): Promise<Leftovers>;
export function printTree(file: string, levels?: number): string[];
