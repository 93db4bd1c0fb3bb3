// How long a host that lives may take to answer a command, beyond the time after which one that says nothing is taken to hang.
import type { HostRequest } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';

/** What the kernel may take to end a process of an earlier host, beyond the app's own time. */
const ORPHAN_GRACE_MS: Ms = 5000;

/** What a host may take to come to rest. */
const HAND_OVER_MS: Ms = 10_000;

/** All that one command launches is launched in one turn of the host's loop. Each takes 3 to 8 ms there, and more than 100 where twenty others wait for the processor. */
const LAUNCH_MS: Ms = 200;

/** Infinite for its own end, which is waited for in another way. */
export function longestPauseOf(command: HostRequest): Ms {
  switch (command.type) {
    case 'shutdown':
      return Number.POSITIVE_INFINITY;
    // It begins behind a replacement that the host has begun by itself.
    case 'rollout':
      return command.release.spec.rolloutTimeoutMs;
    case 'hand-over':
      return HAND_OVER_MS;
    case 'message':
      return command.limitMs;
    case 'start':
    case 'restart':
      return command.slots.length * LAUNCH_MS;
    case 'apply': {
      const orphansMs = command.orphans.length > 0 ? command.release.spec.killTimeoutMs + ORPHAN_GRACE_MS : 0;
      return orphansMs + (command.start ? command.slots.length * LAUNCH_MS : 0);
    }
    case 'stop':
    case 'reset':
    case 'remove':
    case 'input':
    case 'self-reports':
    case 'tail':
    case 'reopen':
      return 0;
    default:
      return command satisfies never;
  }
}
