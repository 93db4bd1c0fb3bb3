// How a probe is called where people read of it.
import type { ProbeSpec } from './app-spec.ts';

/** What is looked at: `GET /ready`, `tcp 3000`, `exec ./check.sh`, `message`. */
export function printCheck(check: ProbeSpec['check']): string {
  switch (check.kind) {
    case 'http':
      return `GET ${check.path}`;
    case 'tcp':
      return check.port === null ? 'tcp' : `tcp ${check.port}`;
    case 'exec':
      return `exec ${check.command}`;
    case 'message':
      return 'message';
    default:
      return check satisfies never;
  }
}
