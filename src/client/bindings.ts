// Parts of Node that it keeps to itself, for a command that has no time to load what it offers in their place. Who asks must do without them as well.

/** `process.binding` is deprecated, and a later Node may say so where users see it. Tried with 20, 22, 24 and 26. */
const LATEST_KNOWN = 26;

/** What a part of Node exports; null where that Node is not known, or refuses (the permission model). */
export function bindingOf<Part extends object>(name: string): Partial<Part> | null {
  if (Number.parseInt(process.versions.node, 10) > LATEST_KNOWN) return null;
  try {
    return (process as unknown as { binding(name: string): Partial<Part> }).binding(name);
  } catch {
    return null;
  }
}
