// The command line of PM2's pm2-runtime as one of `holdfast run`: its word `start`, and options that mean nothing here. Pure.

/** What is left of a command line, and what is to be said about the rest. */
export interface RuntimeArguments {
  readonly argv: readonly string[];
  readonly remarks: readonly string[];
}

/** Options for PM2's paid service and its agent. All of those that take a value may do without. */
const WITHOUT_EFFECT: Readonly<Record<string, 'value' | 'nothing'>> = {
  '--secret': 'value',
  '--public': 'value',
  '--machine-name': 'value',
  '--web': 'value',
  '--trace': 'nothing',
  '--v8': 'nothing',
  '--deep-monitoring': 'nothing',
};

/** Takes them out, up to `--`. */
export function readRuntimeArguments(argv: readonly string[]): RuntimeArguments {
  const end = argv.indexOf('--') === -1 ? argv.length : argv.indexOf('--');
  const ours = argv.slice(0, end);
  const kept: string[] = [];
  const remarks: string[] = [];
  for (let at = 0; at < ours.length; at += 1) {
    const [name = '', inline] = ours[at]!.split(/=(.*)/s);
    const takes = WITHOUT_EFFECT[name];
    if (takes === undefined) {
      kept.push(ours[at]!);
      continue;
    }
    remarks.push(`${name} has no effect: there is no PM2 Plus and no agent here.`);
    const next = ours[at + 1];
    if (takes === 'value' && inline === undefined && next !== undefined && !next.startsWith('-')) at += 1;
  }
  const first = kept.findIndex((word) => !word.startsWith('-'));
  // Only as the first word: an option's value may be called so.
  if (first === 0 && kept[0] === 'start') kept.shift();
  return { argv: [...kept, ...argv.slice(end)], remarks };
}
