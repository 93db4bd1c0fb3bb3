// Collects problems while a config is read; every problem is kept, none stops the reading.
import { createProblem } from './problem.ts';
import type { Problem, ProblemParts } from './problem.ts';

/** Everything found so far. */
export interface Findings {
  readonly errors: Problem[];
  readonly warnings: Problem[];
  readonly notes: Problem[];
}

/** Adds findings about one place: a file, or an app in it. */
export interface Report {
  error(text: string, parts?: ProblemParts): void;
  warn(text: string, parts?: ProblemParts): void;
  note(text: string, parts?: ProblemParts): void;
  /** The same report for an app of this file. */
  about(app: string): Report;
}

export function createFindings(): Findings {
  return { errors: [], warnings: [], notes: [] };
}

/** A report into `findings`; `file` is null for the command line. */
export function createReport(findings: Findings, file: string | null, app: string | null = null): Report {
  const add =
    (list: Problem[]) =>
    (text: string, parts: ProblemParts = {}): void => {
      list.push(createProblem(text, { file, app, ...parts }));
    };
  return {
    error: add(findings.errors),
    warn: add(findings.warnings),
    note: add(findings.notes),
    about: (name) => createReport(findings, file, name),
  };
}
