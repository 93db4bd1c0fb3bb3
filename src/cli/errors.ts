// Errors as the command line meets and shows them.
import { ERROR_CODES } from '../model/errors.ts';
import type { ErrorCode, HoldfastError } from '../model/errors.ts';
import type { Palette } from './render/colour.ts';

/** Whether it is an error of ours. By name, for each lazily loaded bundle has a class of its own. */
export function isHoldfastError(error: unknown): error is HoldfastError {
  return (
    error instanceof Error && error.name === 'HoldfastError' && Object.hasOwn(ERROR_CODES, (error as Partial<HoldfastError>).code ?? '')
  );
}

/** Whether it is an error of ours with this code. */
export function hasCode(error: unknown, code: ErrorCode): boolean {
  return isHoldfastError(error) && error.code === code;
}

/** 1, or what the table says. */
export function exitCodeOf(error: unknown): number {
  return isHoldfastError(error) ? ERROR_CODES[error.code].exitCode : ERROR_CODES.INTERNAL.exitCode;
}

/** What goes to standard error: the message, what to type next, and for a defect that it is one, with its stack. */
export function renderError(error: unknown, palette: Palette): string {
  const expected = isHoldfastError(error) && error.code !== 'INTERNAL';
  const text = expected ? error.message : describeDefect(error);
  const hint = isHoldfastError(error) ? error.hint : undefined;
  return `${palette.red('[holdfast]')} ${indent(text)}\n${hint === undefined ? '' : `${palette.dim('  Next:')} ${indent(hint)}\n`}`;
}

function describeDefect(error: unknown): string {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Cannot go on: this is a defect of Holdfast itself. Please report it, with what you typed and these lines:\n${detail}`;
}

function indent(text: string): string {
  return text.trimEnd().replaceAll('\n', '\n  ');
}
