// Ends instances of a dead host that its record does not name: launched so shortly before the death that it could tell nobody. They may well be serving.
import { CMD } from '../model/preload-protocol.ts';
import type { FromPreload } from '../model/preload-protocol.ts';
import type { ProcessId } from '../model/protocol.ts';
import { USUAL_STOP_SIGNAL } from '../model/stop-signal.ts';
import type { Ms } from '../model/units.ts';
import type { LineEvents, LineSocket } from '../platform/line-socket.ts';
import { stopOrphans } from './orphans.ts';
import type { OrphanControl } from './orphans.ts';

const LOOK_EVERY_MS: Ms = 100;
/** An app that does not come up in this time has not got their help for ever either. */
const WAIT_MS: Ms = 30_000;
/** Of an instance that nobody knows, nobody knows the settings: the defaults. */
const DRAIN = { idleMs: 1000, timeoutMs: 10_000 };
const ENDING = { stopSignal: USUAL_STOP_SIGNAL, killTimeoutMs: 1600 };

export interface StrangersOptions extends OrphanControl {
  /** Whether all that should serve of this app does so under this host. */
  readonly isServed: (app: string) => boolean;
}

/** Returns what is to be done with each: it serves until others do, then drains and ends. */
export function createStrangers(options: StrangersOptions): (stranger: ProcessId, app: string, socket: LineSocket) => LineEvents {
  const { clock, isServed } = options;
  return (stranger, app, socket) => {
    const untilMs = clock.monotonicMs() + WAIT_MS;
    const end = (): void => void stopOrphans([stranger], ENDING, options);
    function look(): void {
      if (!isServed(app) && clock.monotonicMs() < untilMs) return void clock.setTimer(LOOK_EVERY_MS, look);
      socket.send({ cmd: CMD, act: 'drain', ...DRAIN });
      clock.setTimer(DRAIN.timeoutMs + DRAIN.idleMs, end);
    }
    look();
    return {
      message: (message) => (message as FromPreload).act === 'drained' && end(),
      closed: () => {},
    };
  };
}
