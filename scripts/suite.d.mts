// Types of suite.mjs, for its test.
export interface FileSum {
  readonly name: string;
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: number;
}
export interface Sum {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly files: readonly FileSum[];
}
export function sumUp(report: string, code: number | null): Sum;
export function failedFiles(sum: Sum): string[];
export function withSecondTry(first: Sum, second: Sum): Sum & { readonly lucky: readonly string[] };
