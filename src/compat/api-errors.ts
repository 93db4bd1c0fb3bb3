// PM2's words for errors that programs compare by their message; ours is their cause.
import { HoldfastError } from '../model/errors.ts';
import type { ErrorCode } from '../model/errors.ts';

const PM2_WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  TARGET_NOT_FOUND: 'process or namespace not found',
  NAME_TAKEN: 'Script already launched',
  NOTHING_TO_DO: 'Same process number',
};

/** Does something; what it throws says it as PM2 does where PM2 has words for it, and keeps its code and hint. */
export async function inPm2Words<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const words = error instanceof HoldfastError ? PM2_WORDS[error.code] : undefined;
    if (words === undefined || !(error instanceof HoldfastError)) throw error;
    throw new HoldfastError(error.code, words, { ...(error.hint === undefined ? {} : { hint: error.hint }), cause: error });
  }
}

/** Whether it is this error of ours. */
export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof HoldfastError && error.code === code;
}
