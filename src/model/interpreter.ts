// Which interpreters are Node. Pure: it knows names, not files.

/** Whether an interpreter setting means Node: `node`, `/opt/node/bin/node`, Debian's `nodejs`, `node22`; not `none`, `bun` or `node@22` (a version to be looked up). */
export function isNodeInterpreter(interpreter: string): boolean {
  return /(?:^|\/)node(?:js)?(?:-?\d+)?$/.test(interpreter);
}
