// Rules over reload and health settings: what is allowed, and will hurt. Pure; it changes nothing.
import { isNodeInterpreter } from '../model/interpreter.ts';
import type { AppSpec, ProbeSpec } from '../model/app-spec.ts';
import { printDuration } from '../model/units.ts';
import type { Report } from './report.ts';

const AGGRESSIVE_MS = 1000;

/** Warns of settings that take down what they should guard. */
export function checkRollout(spec: AppSpec, report: Report): void {
  for (const kind of ['readiness', 'liveness'] as const) {
    const probe = spec[kind];
    if (probe !== null) checkTimeout(`health.${kind}`, probe, report);
  }
  if (spec.liveness !== null) checkLiveness(spec.liveness, report);
  checkTwins(spec, report);
  checkLoopBlock(spec, report);
  checkTimes(spec, report);
  checkBalance(spec, report);
}

function checkTimeout(path: string, { timeoutMs, intervalMs }: ProbeSpec, report: Report): void {
  if (timeoutMs < intervalMs) return;
  const times = `${printDuration(timeoutMs)} is not below ${path}.interval (${printDuration(intervalMs)})`;
  report.warn(`${path}.timeout of ${times}: a slow answer delays the next look`, { key: `${path}.timeout` });
}

function checkLiveness({ intervalMs, failures, startPeriodMs }: ProbeSpec, report: Report): void {
  const warn = (name: string, text: string, suggestion: string): void =>
    report.warn(`health.liveness.${name} is ${text}`, { key: `health.liveness.${name}`, suggestion });
  if (intervalMs < AGGRESSIVE_MS)
    warn('interval', `${printDuration(intervalMs)}: a short load peak is enough to have it replaced`, 'The default is 10 s.');
  if (failures === 1) warn('failures', '1: one slow answer is enough to have it replaced', 'The default is 3.');
  if (startPeriodMs === 0) warn('start_period', '0: it may be replaced while it is still starting, for ever', 'The default is 30 s.');
}

/** What makes it unready for a while (its database is away) would have all of them replaced, which helps nothing. */
function checkTwins({ readiness, liveness }: AppSpec, report: Report): void {
  if (readiness === null || liveness === null || JSON.stringify(readiness.check) !== JSON.stringify(liveness.check)) return;
  report.warn('health.liveness looks at the same as health.readiness: what should only get no traffic for a while is replaced', {
    key: 'health.liveness',
    suggestion: 'Let it look at the process alone, such as message: true, or leave it out.',
  });
}

function checkLoopBlock({ maxLoopBlockMs, interpreter }: AppSpec, report: Report): void {
  if (maxLoopBlockMs === null) return;
  const key = 'max_loop_block';
  if (maxLoopBlockMs < 1) {
    const accepted = '0 or false (off), or a time from 1 ms, such as "30s"';
    return report.error(`max_loop_block is ${maxLoopBlockMs}, which is too short`, { key, found: String(maxLoopBlockMs), accepted });
  }
  if (!isNodeInterpreter(interpreter)) report.warn('max_loop_block has no effect: Node does not run it', { key });
  else if (maxLoopBlockMs < AGGRESSIVE_MS)
    report.warn(`max_loop_block is ${printDuration(maxLoopBlockMs)}: a garbage collection or a busy machine is enough to have it killed`, {
      key,
      suggestion: '30 s is a good value.',
    });
}

function checkBalance({ balance, mode }: AppSpec, report: Report): void {
  if (mode === 'cluster' || balance === 'round-robin') return;
  report.note(`balance: ${balance} has no effect in fork mode, where instances listen for themselves`, {
    key: 'balance',
    suggestion: 'Cluster mode balances.',
  });
}

function checkTimes({ bakeTimeMs, rolloutTimeoutMs, listenTimeoutMs, mode }: AppSpec, report: Report): void {
  const limit = `rollout_timeout (${printDuration(rolloutTimeoutMs)})`;
  if (bakeTimeMs > 0 && bakeTimeMs >= rolloutTimeoutMs)
    report.warn(`bake_time (${printDuration(bakeTimeMs)}) is not below ${limit}: no reload can succeed`, { key: 'bake_time' });
  if (listenTimeoutMs !== null && listenTimeoutMs >= rolloutTimeoutMs)
    report.warn(`listen_timeout (${printDuration(listenTimeoutMs)}) is not below ${limit}, which passes first`, { key: 'listen_timeout' });
  if (bakeTimeMs > 0 && mode === 'fork')
    report.note(
      'bake_time counts in fork mode only where the old and the new instance can run side by side (the app shares its port, or has none)',
      {
        key: 'bake_time',
        suggestion: 'In cluster mode it always does.',
      },
    );
}
