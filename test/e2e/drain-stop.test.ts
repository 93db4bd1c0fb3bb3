// What comes behind the drain: the signal or the message that the app expects, when nothing is left to be lost.
import http from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { freePort } from './kit/ports.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

it.each([
  ['SIGINT', {}],
  ['SIGTERM', { kill_signal: 'SIGTERM' }],
  ['message', { shutdown_with_message: true }],
])('an app that closes its server itself is told by %s once its requests are answered, and exits by itself', async (why, stop) => {
  const port = await freePort();
  const app = {
    name: 'web',
    script: fixture('drain/closes-itself.cjs'),
    instances: 1,
    exec_mode: 'cluster',
    drain_idle: 200,
    ...stop,
    env: { PORT: String(port) },
  };
  expect(await site.run('start', site.ecosystem(app))).toMatchObject({ code: 0 });
  const agent = new http.Agent({ keepAlive: true });
  // One that will be idle, one that will be at work.
  expect((await ask({ port, agent })).status).toBe(200);
  const slow = ask({ port, path: '/slow' });
  expect((await ask({ port })).status).toBe(200);
  const stopped = site.run('stop', 'web');
  expect(await slow).toMatchObject({ status: 200, headers: { connection: 'close' } });
  expect(await stopped).toMatchObject({ code: 0 });
  agent.destroy();
  const said = await waitFor('its last words', async () => {
    const lines = (await site.logs('web')).map(({ text }) => text);
    return lines.includes('closed') && lines;
  });
  const own = said.filter((text) => /^(answered|closing|closed)/.test(text));
  expect(own).toEqual(['answered', 'answered', 'answered', `closing on ${why}`, 'closed']);
  const events = site.events('web').map(({ text }) => text);
  expect(events.some((text) => /^drained in .*: 1 finished, 1 idle closed, 0 cut off$/.test(text))).toBe(true);
  expect(events.some((text) => text.startsWith('exited with code [0]'))).toBe(true);
});
