// Instances that cannot take a connection when it is their turn: nobody else has to pay for that.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { waitFor } from './kit/wait.ts';

let host: MiniHost;
let folder: string | null = null;
afterEach(async () => {
  await host.dispose();
  if (folder !== null) fs.rmSync(folder, { recursive: true });
  folder = null;
});
afterAll(removeBundles);

it('what waits while the only instance hangs is answered by one that comes in beside it', async () => {
  const port = await freePort();
  host = startMiniHost({ script: app('balance/blocks.cjs'), env: { PORT: String(port) }, joins: 'by hand' });
  await host.ready();
  host.tell({ do: 'join', key: 1 });
  expect((await ask({ port })).body).toBe(`ok ${host.pidOf(1)}`);
  process.kill(host.pidOf(1), 'SIGSTOP');
  const asked = Array.from({ length: 12 }, () => ask({ port }));
  for (let round = 0; round < 3; round += 1) await host.look();
  host.tell({ do: 'join', key: 2 });
  expect(new Set((await Promise.all(asked)).map(({ body }) => body))).toEqual(new Set([`ok ${host.pidOf(2)}`]));
});

describe('an instance that has used up its descriptors', () => {
  /** A Node that may have 64. */
  function limitedNode(): string {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'holdfast-unfit-'));
    const file = path.join(folder, 'node');
    fs.writeFileSync(file, `#!/bin/sh\nulimit -n 64\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
    return file;
  }

  /** Starts two, one of which has `free` descriptors left, and the right to accept the next connection. */
  async function startUnfit(free: number): Promise<{ fit: string; askMany: () => Promise<string[]> }> {
    const port = await freePort();
    const env = { PORT: String(port), FREE: String(free) };
    host = startMiniHost({ script: app('balance/eats-descriptors.cjs'), env, node: limitedNode() });
    await host.ready();
    const fit = (await ask({ port })).body;
    const eater = host.pidOf(1) === Number(fit) ? 2 : 1;
    process.kill(host.pidOf(eater), 'SIGUSR2');
    await waitFor('the last descriptor', () => host.output(eater).includes('eaten'));
    const askOnce = (): Promise<string> =>
      ask({ port }).then(
        ({ body }) => body,
        () => 'failed',
      );
    return {
      fit,
      async askMany() {
        const answers = [];
        for (let nth = 0; nth < 20; nth += 1) answers.push(await askOnce());
        return answers;
      },
    };
  }

  it('takes connections as long as it has some left, and leaves the others to the next', async () => {
    const { fit, askMany } = await startUnfit(1);
    const answers = await askMany();
    expect(answers).not.toContain('failed');
    expect(answers).toContain(fit);
  });

  it('goes on, and hears what comes together with a connection that it cannot take', async () => {
    const port = await freePort();
    const env = { PORT: String(port), FREE: '0' };
    host = startMiniHost({ script: app('balance/eats-descriptors.cjs'), env, node: limitedNode(), policy: 'ip-hash' });
    await host.ready();
    const pidFor = async (localAddress: string): Promise<number> => Number((await ask({ port, localAddress })).body);
    const eater = await pidFor('127.0.0.1');
    const key = host.pidOf(1) === eater ? 1 : 2;
    // The second time that of the connection that has just ended.
    for (const nth of [1, 2]) {
      process.kill(eater, 'SIGUSR2');
      await waitFor('the last descriptor', () => host.output(key).split('eaten').length > nth);
    }
    process.kill(eater, 'SIGSTOP');
    host.tell({ do: 'send', key, message: 'ünd' });
    const asked = pidFor('127.0.0.1');
    // Until both are on their way to it.
    await waitFor('the connection to be on its way', async () => !(await host.look()).isQuiet);
    process.kill(eater, 'SIGCONT');
    expect(await asked).toBe(host.pidOf(3 - key));
    await waitFor('the message', () => host.output(key).includes('heard ünd'));
  });

  it('is found out when it has none left for what it had the right to accept', async () => {
    const { fit, askMany } = await startUnfit(0);
    await waitFor('nothing to fail any more', async () => !(await askMany()).includes('failed'));
    expect(await askMany()).toContain(fit);
  });
});
