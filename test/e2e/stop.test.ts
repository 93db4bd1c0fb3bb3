// Stopping a cluster app: what is under way is finished, what comes later is refused at once.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from './kit/ports.ts';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

it('finishes the requests under way, refuses new connections meanwhile, and needs no shutdown code in the app', async () => {
  const port = await freePort();
  const config = site.ecosystem({
    name: 'web',
    script: fixture('http-server.cjs'),
    instances: 2,
    exec_mode: 'cluster',
    env: { PORT: String(port) },
  });
  expect(await site.run('start', config)).toMatchObject({ code: 0 });
  const slow = [1, 2].map(() => fetch(`http://127.0.0.1:${port}/slow?ms=1500`));
  // Both are inside their instances once a third one has been answered behind them.
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  const stopped = site.run('stop', 'web');
  await waitFor('both to drain', () => site.events('web').filter(({ text }) => text.startsWith('draining')).length === 2);
  const code = await waitFor(
    'a refused connection',
    () =>
      fetch(`http://127.0.0.1:${port}/`).then(
        () => null,
        (error: Error & { cause?: NodeJS.ErrnoException }) => error.cause?.code,
      ),
    { timeoutMs: 1000 },
  );
  expect(code).toBe('ECONNREFUSED');
  expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200]);
  expect(await stopped).toMatchObject({ code: 0 });
  expect(site.events('web').filter(({ text }) => /^drained in .*: [1-9] finished, .* 0 cut off$/.test(text))).toHaveLength(2);
});

it.each(['cluster', 'fork'])('leaves no child of the app behind that outlives it, in %s mode', async (mode) => {
  const port = await freePort();
  const app = {
    name: 'web',
    script: fixture('leaves-child.cjs'),
    exec_mode: mode,
    instances: 1,
    kill_timeout: 300,
    env: { PORT: String(port) },
  };
  expect(await site.run('start', site.ecosystem(app))).toMatchObject({ code: 0 });
  const said = await waitFor('the child', async () => (await site.logs('web')).find(({ text }) => text.startsWith('child ')));
  const child = Number(said.text.slice('child '.length));
  expect(isAlive(child)).toBe(true);
  expect(await site.run('stop', 'web')).toMatchObject({ code: 0 });
  expect(isAlive(child)).toBe(false);
});
