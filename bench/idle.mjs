// What processes cost that have nothing to do: private memory, and processor time.
import { cpuOver, pause, privateMemory } from './measure.mjs';

/** What starting has cost is given back after five seconds of rest (platform/rest.ts), by a collection of 10 to 50 ms in each process: that is not idling. */
const UNTIL_REST_MS = 7000;

/** Two results, of all processes together. `what` names them, `limitMb` is the budget of their memory. */
export async function measureIdle({ what, pids, quick, limitMb }) {
  await pause(UNTIL_REST_MS);
  const seconds = quick ? 10 : 60;
  const cpu = await cpuOver(pids, seconds);
  const memory = pids.map(privateMemory);
  const sum = (kind) => memory.reduce((total, one) => total + one[kind], 0);
  return [
    {
      what: `${what}, Private_Dirty`,
      figure: `${sum('dirty').toFixed(1)} MB`,
      beside: `${pids.length === 1 ? '' : `${pids.length} processes; `}with Private_Clean ${sum('all').toFixed(1)} MB`,
      budget: `<= ${limitMb} MB`,
      ok: sum('dirty') <= limitMb,
    },
    {
      what: `the same, CPU while idle for ${seconds} s`,
      figure: `${cpu.toFixed(2)} %`,
      beside: 'of one core',
      budget: '<= 0.5 %',
      ok: cpu <= 0.5,
    },
  ];
}
