// The status of an instance as the pages show it: the word and its colour. Pure.
import { toPm2Status } from '../../model/pm2-status.ts';
import { printUptime } from '../../model/uptime.ts';
import type { InstanceView } from '../../model/view.ts';
import type { Palette } from './colour.ts';
import { printMoment } from './text.ts';

/** What the status of an instance is printed from. */
export type Shown = Pick<InstanceView, 'status' | 'role' | 'readiness' | 'restartInMs'>;

/**
 * PM2's word, which scripts look for; where there is more to say, it stands behind that: `online (not ready)`, `launching (successor)`,
 * `stopped (until 11-30 03:00)`. `nextRunAt` is when the schedule of its app is due, null without one.
 */
export function printStatus(instance: Shown, nextRunAt: number | null): string {
  const word = toPm2Status(instance.status);
  const remark = instance.role === 'current' ? remarkOf(instance, nextRunAt) : instance.role;
  return remark === null ? word : `${word} (${remark})`;
}

function remarkOf(instance: Shown, nextRunAt: number | null): string | null {
  const { status, restartInMs } = instance;
  switch (status) {
    case 'online':
      return isUnready(instance) ? 'not ready' : null;
    case 'errored':
      return restartInMs === null ? null : `again in ${printUptime(restartInMs)}`;
    case 'waiting':
      return nextRunAt === null ? status : `until ${printMoment(nextRunAt).slice('YYYY-'.length, -':ss'.length)}`;
    case 'draining':
    case 'standby':
    case 'unsupervised':
      return status;
    case 'starting':
    case 'stopping':
    case 'waiting restart':
    case 'stopped':
      return null;
    default:
      return status satisfies never;
  }
}

function isUnready({ status, readiness }: Shown): boolean {
  return status === 'online' && readiness?.passing === false;
}

/** Green serves, cyan could, red is given up or left alone, yellow is on its way or does not serve; grey was stopped. */
export function paintOfStatus(instance: Shown, palette: Palette): (text: string) => string {
  const { status } = instance;
  switch (status) {
    case 'online':
      return isUnready(instance) ? palette.yellow : palette.green;
    case 'standby':
      return palette.cyan;
    case 'errored':
    case 'unsupervised':
      return palette.red;
    case 'stopped':
      return palette.dim;
    case 'waiting':
    case 'starting':
    case 'draining':
    case 'stopping':
    case 'waiting restart':
      return palette.yellow;
    default:
      return status satisfies never;
  }
}
