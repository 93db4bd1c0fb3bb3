// A child that ends before what it started does: with real processes, in a session of its own and in ours.
import { expect, it } from 'vitest';
import { launchChild } from './child.ts';
import { createKin } from './kin.ts';
import { startTimeOf } from './proc-stat.ts';

/** Starts a grandchild that ignores SIGINT, says its pid, and ends on SIGINT itself. */
const PARENT = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', "process.on('SIGINT', () => {}); console.log(process.pid); setInterval(() => {}, 1e6)"], { stdio: ['ignore', 'inherit', 'inherit'] });
  process.on('SIGINT', () => process.exit(0));
`;

function until(check: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const givenUpAt = performance.now() + 10_000;
    const look = (): void => {
      if (check()) resolve();
      else if (performance.now() > givenUpAt) reject(new Error(`Waited in vain for ${String(check)}`));
      else setImmediate(look);
    };
    look();
  });
}

it.each([true, false])(
  'what outlives its parent after a signal is known, and is ended by the next one (joined our session: %s)',
  async (joinsSession) => {
    const kin = createKin();
    let said = '';
    let hasExited = false;
    const child = launchChild(
      { file: process.execPath, args: ['-e', PARENT], cwd: '/', env: {}, joinsSession },
      {
        launched() {},
        launchFailed: (reason) => expect.unreachable(reason),
        output: (_, chunk) => (said += chunk.toString()),
        internal() {},
        message() {},
        exited: () => (hasExited = true),
        outputEnded() {},
      },
    );
    const pid = child.pid!;
    kin.launched(pid, !joinsSession);
    await until(() => said.includes('\n'));
    const grandchild = Number(said);
    kin.signal(pid, 'SIGINT', true);
    await until(() => hasExited);
    expect(kin.isAlive(pid)).toBe(true);
    expect(startTimeOf(grandchild)).not.toBeNull();
    kin.signal(pid, 'SIGKILL', true);
    await until(() => !kin.isAlive(pid));
    expect(startTimeOf(grandchild)).toBeNull();
  },
);

it('knows nothing of a child that has left nothing, whoever has its number now', () => {
  const kin = createKin();
  kin.launched(process.pid, false);
  expect(kin.isAlive(process.pid)).toBe(false);
});
