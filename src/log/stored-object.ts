// The lines of `log_type: json` files, read back: PM2's objects with the app's message in them.

/** What an object says. */
export interface StoredObject {
  /** Without its line end. */
  readonly message: string;
  readonly stream: 'out' | 'err' | null;
}

/** Null for a line that is no such object: it was there before the setting, or is cut. */
export function parseStoredObject(line: string): StoredObject | null {
  if (!line.startsWith('{"message":')) return null;
  try {
    const { message, type } = JSON.parse(line) as { readonly message: unknown; readonly type: unknown };
    if (typeof message !== 'string') return null;
    return { message: message.replace(/\r?\n$/, ''), stream: type === 'out' || type === 'err' ? type : null };
  } catch {
    return null; // not JSON after all
  }
}
