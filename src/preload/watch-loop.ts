// Watches the event loop where the supervisor asks for it. What that takes is loaded only then: not one module for the others.
import type { ToPreload } from '../model/preload-protocol.ts';
import type { Channel } from './channel.ts';

/** May be called once. */
export function startLoopWatch({ everyMs, limitMs }: Extract<ToPreload, { act: 'watch-loop' }>, channel: Channel): void {
  import('./loop-watch.ts')
    .then(({ watchLoop }) => watchLoop({ everyMs, limitMs, beat: () => channel.say({ act: 'beat' }) }))
    .catch(() => {
      // An upgrade has taken its file away: nobody is told of beats, and a loop that was never seen to turn is never found blocked.
    });
}
