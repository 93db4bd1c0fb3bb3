// Our words for an instance's status as PM2 says them.
import type { Status } from './view.ts';

/** The words of PM2 that an instance of ours can have. */
export type Pm2Status = 'launching' | 'online' | 'stopping' | 'stopped' | 'errored' | 'waiting restart';

/** PM2 knows no draining, no standing by, no job between two runs, no app that waits for another, and no process that goes on without its supervisor: that one serves, so it is online. */
export function toPm2Status(status: Status): Pm2Status {
  switch (status) {
    case 'starting':
      return 'launching';
    case 'draining':
    case 'stopping':
      return 'stopping';
    case 'standby':
    case 'unsupervised':
      return 'online';
    case 'waiting':
      return 'stopped';
    case 'online':
    case 'stopped':
    case 'errored':
    case 'waiting restart':
      return status;
    default:
      return status satisfies never;
  }
}
