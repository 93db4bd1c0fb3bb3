// What `run` and `start --no-daemon` ask of the foreground runtime, read from their options.
import { HoldfastError } from '../model/errors.ts';
import type { ForegroundRequest, LineStyle, Paint } from '../model/foreground.ts';
import { parseDuration } from '../model/units.ts';
import type { Ms } from '../model/units.ts';
import { toggle, valued } from './command.ts';
import type { Given, Option } from './command.ts';
import type { Context } from './context.ts';

/** `docker stop` sends SIGKILL after 10 s; what is to be said must be said before. */
const STOP_TIMEOUT_MS: Ms = 9000;

/** The options of `run` that are not about an app. */
export const FOREGROUND_OPTIONS: readonly Option[] = [
  toggle('raw', 'lines as the apps wrote them (the default for one app)'),
  toggle('formatted', 'id|name before each line (the default for several apps)'),
  toggle('json', "one JSON object a line, with PM2's keys"),
  toggle('format', 'key=value lines, as PM2 writes them'),
  toggle('no-auto-exit', 'stay when no app is left'),
  valued('stop-timeout', 'time', 'longest time for everything to stop (9s: docker stop waits 10)'),
  valued('delay', 'seconds', 'wait before the apps are started'),
];

const STYLES: Readonly<Record<string, LineStyle>> = { raw: 'plain', formatted: 'prefixed', json: 'json', format: 'key-value' };

/** Throws USAGE for values that are none. */
export function foregroundRequest(ctx: Context, verb: string, given: Given): ForegroundRequest {
  const { words, scriptArgs, options } = given;
  const styles = Object.keys(STYLES).filter((name) => options[name] !== undefined);
  if (styles.length > 1)
    throw new HoldfastError('USAGE', `Cannot ${verb}: --${styles[0]} and --${styles[1]} are two ways to print the same lines.`, {
      hint: `holdfast ${verb} --help`,
    });
  return {
    named: { words, scriptArgs, options, silent: ctx.silent, asPm2: ctx.asPm2 },
    style: styles[0] === undefined ? null : STYLES[styles[0]]!,
    autoExit: options['no-auto-exit'] === undefined,
    stopTimeoutMs: readTime(verb, 'stop-timeout', options['stop-timeout']) ?? STOP_TIMEOUT_MS,
    delayMs: readTime(verb, 'delay', secondsOf(options['delay'])) ?? 0,
    paint: createPaint(ctx),
  };
}

type Value = Given['options'][string] | undefined;

/** A bare number is seconds, as in PM2. */
function secondsOf(value: Value): Value {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? `${value}s` : value;
}

function readTime(verb: string, name: string, value: Value): Ms | null {
  if (value === undefined) return null;
  const time = typeof value === 'string' ? parseDuration(value) : undefined;
  if (time !== undefined) return time;
  throw new HoldfastError('USAGE', `Cannot ${verb}: --${name} is ${JSON.stringify(value)}, which is no time.`, {
    hint: `holdfast ${verb} --${name} 5s`,
  });
}

function createPaint({ palette, errPalette }: Context): Paint {
  const levels = { info: errPalette.green, warn: errPalette.yellow, error: errPalette.red, alert: errPalette.red };
  return { prefix: palette.cyan, event: (text, level) => levels[level](text) };
}
