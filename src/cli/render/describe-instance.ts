// What `describe` says of one instance: PM2's rows, then what PM2 does not know. No label of ours contains one of PM2's, which scripts search for. Pure.
import type { AppSpec } from '../../model/app-spec.ts';
import { printExit } from '../../model/event.ts';
import type { Tally } from '../../model/instance.ts';
import { isNodeInterpreter, pm2Interpreter } from '../../model/interpreter.ts';
import { pidFileOf } from '../../model/pid-file.ts';
import { printDuration, printSize } from '../../model/units.ts';
import { printUptime } from '../../model/uptime.ts';
import type { InstanceView } from '../../model/view.ts';
import type { Palette } from './colour.ts';
import { printProbeState } from './describe-rollout.ts';
import type { SpecifiedApp } from './describe-settings.ts';
import type { FactRow } from './facts.ts';
import { paintOfStatus, printStatus } from './status.ts';
import { printMoment } from './text.ts';

const NONE = 'N/A';

/** PM2's rows, in its order, with its labels and units. `version` is that of the package; null where nobody has looked for it. */
export function pm2Facts(
  { spec, watch, nextRunAt }: SpecifiedApp,
  instance: InstanceView,
  { version, palette }: { readonly version: string | null; readonly palette: Palette },
): FactRow[] {
  return [
    ['status', printStatus(instance, nextRunAt), paintOfStatus(instance, palette)],
    ['name', spec.name],
    ['namespace', spec.namespace],
    ['version', version],
    ['restarts', String(instance.restarts)],
    ['max memory restart', spec.maxMemoryBytes === null ? null : String(spec.maxMemoryBytes)],
    ['cron restart', spec.schedule === null ? null : spec.schedule.pattern],
    ['uptime', instance.uptimeMs === null ? '0' : printUptime(instance.uptimeMs)],
    ['entire log path', spec.combinedFile],
    ['script path', spec.script],
    ['script args', words(spec.args)],
    ['error log path', instance.errorPath ?? NONE],
    ['out log path', instance.outPath ?? NONE],
    ['pid path', spec.pidFile === null ? NONE : pidFileOf(spec.pidFile, instance.id)],
    ['interpreter', pm2Interpreter(spec.interpreter)],
    ['interpreter args', words(spec.interpreterArgs)],
    ['script id', String(instance.id)],
    ['exec cwd', spec.cwd],
    ['exec mode', `${spec.mode}_mode`],
    ['node.js version', nodeVersion(spec, instance)],
    ['node env', spec.env['NODE_ENV'] ?? NONE],
    ['watch & reload', watch === 'on' ? '✔' : '✘'],
    ['unstable restarts', String(instance.unstable)],
    ['created at', new Date(instance.askedAt ?? instance.createdAt).toISOString()],
  ];
}

function words(list: readonly string[]): string {
  return list.length === 0 ? NONE : list.join(' ');
}

function nodeVersion({ interpreter }: AppSpec, { nodeVersion: version }: InstanceView): string {
  return version === null || !isNodeInterpreter(interpreter) ? NONE : version.replace(/^v/, '');
}

/** What its supervisor knows besides: traffic, probes, what comes next and how it has ended before. */
export function stateFacts(instance: InstanceView): FactRow[] {
  const { pid, startedAt, release, restartInMs, lastDelayMs, tally } = instance;
  return [
    ['process', pid === null || startedAt === null ? 'none' : `${pid}, since ${printMoment(startedAt)}`],
    ['healthy', pid === null ? null : instance.healthy ? 'yes' : 'not yet, it is too young'],
    ['traffic', printTraffic(instance)],
    ['readiness', printProbeState(instance.readiness)],
    ['liveness', printProbeState(instance.liveness)],
    ['release', release === 0 ? null : String(release)],
    ['next restart', restartInMs === null ? null : `in ${printDuration(restartInMs)}`],
    ['last delay', lastDelayMs === 0 ? null : printDuration(lastDelayMs)],
    ['cpu', pid === null ? null : `${Number(instance.cpu.toFixed(1))}%`],
    ['memory', pid === null ? null : printSize(instance.memory)],
    ['last exits', tally.length === 0 ? 'none' : newestFirst(tally).map(printTally)],
  ];
}

function printTraffic({ pid, inRotation, status }: InstanceView): string | null {
  if (pid === null || inRotation === null) return null;
  if (status === 'standby') return 'stands by: in rotation as soon as another one is not';
  return inRotation ? 'in rotation' : 'out of rotation';
}

function newestFirst(tally: readonly Tally[]): Tally[] {
  return [...tally].sort((a, b) => b.at - a.at);
}

/** `2026-11-22 19:30:00  exited with code [1] (pid 7; uncaught Error: boom), after 12 s`. */
function printTally({ at, exit, uptimeMs, pid }: Tally): string {
  if (exit.launchError !== null) return `${printMoment(at)}  cannot be started: ${exit.launchError}`;
  return `${printMoment(at)}  ${printExit(exit, pid)}, after ${printDuration(uptimeMs)}`;
}
