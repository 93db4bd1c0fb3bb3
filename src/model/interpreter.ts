// Which interpreters are Node, and how PM2 shows them. Pure: it knows names, not files.

/** Whether an interpreter setting means Node: `node`, `/opt/node/bin/node`, Debian's `nodejs`, `node22`; not `none`, `bun` or `node@22` (a version to be looked up). */
export function isNodeInterpreter(interpreter: string): boolean {
  return /(?:^|\/)node(?:js)?(?:-?\d+)?$/.test(interpreter);
}

/** The setting as PM2's lists have it: `node` wherever that is. */
export function pm2Interpreter(interpreter: string): string {
  return interpreter.endsWith('/node') ? 'node' : interpreter;
}
