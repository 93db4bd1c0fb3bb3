// Every error a person or a program can meet: one class, one table of code, HTTP status and exit code.

/** The closed table. `docs/reference/errors.md` is printed from it. */
export const ERROR_CODES = {
  USAGE: { status: 400, exitCode: 1, summary: 'The command line or the request is not understood.' },
  CONFIG_INVALID: { status: 400, exitCode: 1, summary: 'The configuration has mistakes; every one of them is listed.' },
  CONFIG_NOT_FOUND: { status: 404, exitCode: 1, summary: 'There is no such configuration file, script or interpreter.' },
  TARGET_NOT_FOUND: { status: 404, exitCode: 1, summary: 'No app, id or namespace matches the target.' },
  NOTHING_TO_DO: { status: 409, exitCode: 1, summary: 'The request asks for what already is.' },
  NAME_TAKEN: { status: 409, exitCode: 1, summary: 'An app of that name is already running something else.' },
  DAEMON_UNREACHABLE: { status: 503, exitCode: 1, summary: 'The daemon does not answer and could not be started.' },
  HOST_UNREACHABLE: { status: 503, exitCode: 1, summary: 'The host process of an app does not answer and could not be started.' },
  HOME_UNUSABLE: {
    status: 500,
    exitCode: 1,
    summary: 'The home directory cannot be used: path too long, wrong file system, or no permission.',
  },
  STATE_UNREADABLE: { status: 500, exitCode: 1, summary: 'A state file cannot be read; it was moved aside.' },
  DUMP_MISSING: { status: 404, exitCode: 1, summary: 'There is no saved list to bring back.' },
  OPERATION_FAILED: { status: 500, exitCode: 1, summary: 'The operation ended without reaching its goal.' },
  UNSUPPORTED_PLATFORM: { status: 501, exitCode: 1, summary: 'This platform is not supported.' },
  INTERNAL: { status: 500, exitCode: 1, summary: 'A defect of Holdfast itself.' },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** What crosses the API as `{ "error": ... }`. */
export interface ErrorView {
  readonly code: ErrorCode;
  /** "Cannot <verb> <what>: <reason>." with the offending value. */
  readonly message: string;
  /** What to do or type next. */
  readonly hint?: string;
}

/** The one error class. Anything else that is thrown is a defect and is reported as INTERNAL. */
export class HoldfastError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HoldfastError';
    this.code = code;
    this.hint = options.hint;
  }

  /** By name: a lazily loaded chunk of the bundle carries its own copy of this class (scripts/build.mjs). */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'HoldfastError';
  }

  /** The form that crosses the API. */
  view(): ErrorView {
    return { code: this.code, message: this.message, ...(this.hint === undefined ? {} : { hint: this.hint }) };
  }

  /** Back from the form that crossed the API. */
  static from(view: ErrorView): HoldfastError {
    return new HoldfastError(view.code, view.message, view.hint === undefined ? {} : { hint: view.hint });
  }
}
