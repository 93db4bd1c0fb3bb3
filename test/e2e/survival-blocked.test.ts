// An instance that hangs and is killed: no connection that waited for it is lost.
import http from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from './kit/ports.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

/** One request on a connection of its own; resolves to the pid that answered, or to the error. */
function ask(port: number): Promise<number | string> {
  return new Promise((resolve) => {
    http
      .get({ port, host: '127.0.0.1', agent: false, timeout: 20_000 }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => resolve((JSON.parse(body) as { pid: number }).pid));
        response.on('error', (error) => resolve(String(error)));
      })
      .on('error', (error) => resolve(String(error)))
      .on('timeout', function (this: http.ClientRequest) {
        this.destroy(new Error('no answer within 20 s'));
      });
  });
}

it('loses no waiting connection when an instance that hangs is killed with -9', async () => {
  const port = await freePort();
  const config = site.ecosystem({ name: 'web', script: fixture('http-server.cjs'), instances: 2, env: { PORT: String(port) } });
  expect(await site.run('start', config)).toMatchObject({ code: 0 });
  const [hanging, other] = (await site.instances('web')).map(({ pid }) => pid!);
  process.kill(hanging!, 'SIGSTOP');
  const asked = Array.from({ length: 60 }, () => ask(port));
  // While they come in; the other one answers them meanwhile.
  await Promise.any(asked);
  process.kill(hanging!, 'SIGKILL');
  const answers = await Promise.all(asked);
  expect(answers.filter((answer) => typeof answer === 'string')).toEqual([]);
  expect(answers).not.toContain(hanging);
  expect(answers).toContain(other);
});
