// From the kind of a probe to the look that belongs to it.
import type { ProbeSpec } from '../model/app-spec.ts';
import type { Cancel } from '../platform/clock.ts';
import { lookByCommand } from './exec.ts';
import { lookHttp } from './http.ts';
import type { Look } from './look.ts';
import { lookByMessage } from './message.ts';
import { lookTcp } from './tcp.ts';

/** Looks once. The returned function ends the look without a result. */
export function lookAt(check: ProbeSpec['check'], look: Look): Cancel {
  switch (check.kind) {
    case 'http':
      return lookHttp(check, look);
    case 'tcp':
      return lookTcp(check, look);
    case 'exec':
      return lookByCommand(check.command, look);
    case 'message':
      return lookByMessage(look);
    default:
      return check satisfies never;
  }
}
