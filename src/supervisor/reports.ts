// Completes what the lifecycle reports with what only the shell knows: pid, traffic, the way of stopping.
import type { AppSpec } from '../model/app-spec.ts';
import type { EventBody } from '../model/event.ts';
import type { Report } from '../policy/lifecycle.ts';
import type { Live } from './live.ts';
import type { Traffic } from './traffic.ts';

/** The event to publish; null where the shell has said it already (`starting` is said with its command by the spawn). */
export function bodyOf(
  report: Report,
  live: Live,
  { spec, traffic }: { readonly spec: AppSpec; readonly traffic: Traffic },
): EventBody | null {
  const pid = live.run?.process?.pid ?? null;
  switch (report.kind) {
    case 'starting':
      return null;
    case 'started':
      return pid === null ? null : { kind: 'started', pid };
    case 'online':
      return { kind: 'online', rotation: live.saidServing ? traffic.rotation() : null };
    case 'exited':
      return { kind: 'exited', exit: report.exit, pid };
    case 'stopping':
      return {
        kind: 'stopping',
        how: spec.shutdownWithMessage ? 'the shutdown message' : spec.stopSignal,
        killTimeoutMs: report.killTimeoutMs,
      };
    case 'kill-timeout':
      return spec.shutdownWithMessage ? { ...report, unheard: true } : report;
    case 'not-ready':
    case 'healthy':
    case 'will-restart':
    case 'finished':
    case 'errored':
    case 'second-chance':
    case 'draining':
    case 'loop-blocked':
    case 'stopped':
      return report;
    default:
      return report satisfies never;
  }
}
