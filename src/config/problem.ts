// A problem found in a config file or on the command line, as data, and its one text form. It decides nothing.

/** One finding. `text` is complete without the others, which are there for programs. */
export interface Problem {
  /** The config file as the user knows it; null for the command line. */
  readonly file: string | null;
  readonly app: string | null;
  /** The attribute or option as it was written. */
  readonly key: string | null;
  /** The offending value, printed and shortened. */
  readonly found: string | null;
  /** What would be right. */
  readonly accepted: string | null;
  /** What to write instead, as a sentence. */
  readonly suggestion: string | null;
  readonly text: string;
}

/** The parts of a problem; absent ones are null. */
export type ProblemParts = Partial<Omit<Problem, 'text'>>;

/** Makes a problem from its text and the parts that apply. */
export function createProblem(text: string, parts: ProblemParts = {}): Problem {
  return { file: null, app: null, key: null, found: null, accepted: null, suggestion: null, ...parts, text };
}

/** `ecosystem.config.js: app api: kill_timeout is "5x", which is no duration; accepted: 5000 or "5s". Did you mean "5s"?` */
export function printProblem(problem: Problem): string {
  const where = [problem.file, problem.app === null ? null : `app ${problem.app}`].filter((part) => part !== null);
  const accepted = problem.accepted === null ? '' : `; accepted: ${problem.accepted}`;
  const sentence = `${[...where, problem.text].join(': ')}${accepted}`;
  return problem.suggestion === null ? endSentence(sentence) : `${endSentence(sentence)} ${problem.suggestion}`;
}

/** Prints a value for a message: strings in quotes, at most 60 characters, never a whole object. */
export function printValue(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function endSentence(text: string): string {
  return /[.?!^]$/.test(text) ? text : `${text}.`;
}
