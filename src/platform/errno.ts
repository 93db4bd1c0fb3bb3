// What the operating system's error names mean, in words a person can use.

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EMFILE: 'this process has too many open files',
  ENFILE: 'the system has too many open files',
  EAGAIN: 'the system has no resources for it now',
  ENOMEM: 'not enough memory',
  E2BIG: 'the arguments and the environment together are too long',
  ENOEXEC: 'it is not a program this system can execute',
  ETXTBSY: 'the file is open for writing',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'too many symbolic links',
  EIO: 'input/output error',
  ENXIO: 'nobody reads from it',
  EPIPE: 'nobody reads from it any more',
};

/** The errno name of a system error (`ENOENT`), or null for any other value. */
export function errnoOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** `permission denied (EACCES)`; for what is no system error its own message. */
export function explainErrno(error: unknown): string {
  const code = errnoOf(error);
  const words = code === null ? undefined : WORDS[code];
  if (words !== undefined) return `${words} (${code})`;
  return error instanceof Error ? error.message : String(error);
}
