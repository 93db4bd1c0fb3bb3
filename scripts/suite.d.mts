// Types of suite.mjs, for its test.
export function sumUp(report: string, code: number | null): { passed: number; failed: number; skipped: number };
