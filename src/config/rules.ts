// Cross-field rules: what is fine alone and odd together. Pure; it changes nothing.
import { isNodeInterpreter } from '../model/interpreter.ts';
import { basename } from 'node:path';
import { parseSize, printSize } from '../model/units.ts';
import type { AppAttributes } from './attributes.ts';
import type { Program } from './program.ts';
import type { Report } from './report.ts';

/** Reports what contradicts or defeats itself. */
export function checkRules(attributes: AppAttributes, program: Program, env: Readonly<Record<string, string>>, report: Report): void {
  checkHeap(attributes, program, report);
  checkIncrement(attributes, env, report);
  checkStopCodes(attributes, report);
  checkJob(attributes, program, report);
  checkMessages(attributes, program, report);
  checkStopSignal(attributes, program, report);
}

/** At or below the heap size the memory limit acts before V8 collects in earnest. */
function checkHeap({ settings }: AppAttributes, program: Program, report: Report): void {
  const limitBytes = settings.max_memory_restart;
  const heapMb = program.interpreterArgs
    .map((word) => /^--max[-_]old[-_]space[-_]size=(\d+)$/.exec(word)?.[1])
    .findLast((size) => size !== undefined);
  const heapBytes = heapMb === undefined ? undefined : parseSize(`${heapMb}M`);
  if (limitBytes === undefined || limitBytes === null || heapBytes === undefined || limitBytes > heapBytes) return;
  report.note(
    `max_memory_restart (${printSize(limitBytes)}) is not above the heap of --max-old-space-size (${printSize(heapBytes)}): it is replaced before the heap can fill`,
    {
      key: 'max_memory_restart',
      suggestion: 'Memory of a Node process is its heap and more: leave a margin.',
    },
  );
}

function checkIncrement({ settings }: AppAttributes, env: Readonly<Record<string, string>>, report: Report): void {
  const name = settings.increment_var;
  if (name === undefined || /^\s*-?\d+\s*$/.test(env[name] ?? '')) return;
  report.warn(`increment_var names ${name}, which is ${env[name] === undefined ? 'not set' : 'no number'}: it is not raised`, {
    key: 'increment_var',
    found: name,
  });
}

function checkStopCodes({ settings }: AppAttributes, report: Report): void {
  if (settings.autorestart === false && (settings.stop_exit_codes?.length ?? 0) > 0) {
    report.note('stop_exit_codes has no effect with autorestart: false, which leaves it stopped after every exit', {
      key: 'stop_exit_codes',
    });
  }
}

/** Servers run by Node have a schedule for a fresh start; a script of another kind mostly ends by itself. */
function checkJob({ settings }: AppAttributes, { interpreter }: Program, report: Report): void {
  if ((settings.cron_restart ?? null) === null || settings.autorestart === false || isNodeInterpreter(interpreter)) return;
  report.note('cron_restart and autorestart: it is started again whenever it ends, not only by its schedule', {
    key: 'cron_restart',
    suggestion: 'For a job that ends: autorestart: false.',
  });
}

/** Who has `process.send`: what speaks Node's channel, or starts what does. */
function speaks({ origin, interpreter, script, runsNode }: Program): boolean {
  return (
    runsNode || origin !== 'file' || /^(bun|deno|tsx|ts-node.*|none|(ba|da|z)?sh)$/.test(basename(interpreter)) || script.endsWith('.sh')
  );
}

function checkMessages({ settings }: AppAttributes, program: Program, report: Report): void {
  if (speaks(program)) return;
  const runner = basename(program.interpreter);
  if (settings.wait_ready === true)
    report.note(`wait_ready has no use: ${runner} has no process.send('ready'), so every start takes the whole listen_timeout`, {
      key: 'wait_ready',
      suggestion: 'A readiness probe looks itself: health: { readiness: { tcp: true } }.',
    });
  if (settings.shutdown_with_message === true)
    report.warn(
      `shutdown_with_message sends no signal but the message 'shutdown', which ${runner} does not hear: it is killed after kill_timeout`,
      { key: 'shutdown_with_message', suggestion: 'Set it to false: a stop is graceful without it.' },
    );
}

/** Node opens its inspector on SIGUSR1, and goes on (process documentation, Signal events). */
function checkStopSignal({ settings }: AppAttributes, { runsNode }: Program, report: Report): void {
  const signal = settings.kill_signal;
  if (signal === undefined) return;
  if (settings.shutdown_with_message === true)
    report.note(`kill_signal has no effect with shutdown_with_message: the message 'shutdown' is sent in place of ${signal}`, {
      key: 'kill_signal',
    });
  else if (signal === 'SIGUSR1' && runsNode)
    report.warn(
      'kill_signal is SIGUSR1, on which Node opens its inspector: an app that does not listen for it is killed after kill_timeout',
      {
        key: 'kill_signal',
        suggestion: 'SIGTERM is what most programs end on.',
      },
    );
}
