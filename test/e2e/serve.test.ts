// The static file server as an app: started by `serve`, by a config and under PM2's documented variables; its password, its logs, its end.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from './kit/ports.ts';
import { createSite } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => {
  site = createSite();
  site.write('public/index.html', '<h1>home</h1>');
  site.write('public/note.txt', '0123456789');
});
afterEach(() => site.dispose());

const basic = (text: string): { headers: { authorization: string } } => ({
  headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` },
});

/** In fork mode an app counts as online before it listens. */
async function isUp(port: number): Promise<void> {
  await waitFor('the server to listen', () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    ),
  );
}

describe('serve', () => {
  it('is an app like any other, whose password nobody sees', async () => {
    const port = await freePort();
    site.env['PM2_SERVE_BASIC_AUTH_PASSWORD'] = 'hunter2';
    const started = await site.run('serve', 'public', String(port), '--basic-auth-username', 'ann', '-i', '2');
    expect(started, started.stderr).toMatchObject({ code: 0 });
    const name = `static-page-server-${port}`;
    expect((await site.instances(name)).map(({ status }) => status)).toEqual(['online', 'online']);
    const url = `http://127.0.0.1:${port}/note.txt`;
    expect((await fetch(url)).status).toBe(401);
    const part = await fetch(url, { headers: { ...basic('ann:hunter2').headers, range: 'bytes=-3' } });
    expect([part.status, await part.text()]).toEqual([206, '789']);

    for (const command of [['describe', name], ['env', name], ['prettylist']])
      expect((await site.run(...command)).stdout).not.toContain('hunter2');
    expect(site.processes().filter(({ command }) => command.includes('hunter2'))).toEqual([]);

    expect(await site.run('reload', name)).toMatchObject({ code: 0 });
    expect((await fetch(url, basic('ann:hunter2'))).status).toBe(200);
    expect((await site.logs(name)).map(({ text }) => text)).toContain(`Serving ${site.folder}/public on http://0.0.0.0:${port}`);
  });

  it('comes out of a config file, as a script and as a section of its own', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const config = {
      apps: [{ name: 'site', script: 'serve', env: { PM2_SERVE_PATH: './public', PM2_SERVE_PORT: first, PM2_SERVE_SPA: 'true' } }],
      static: [{ path: './public', port: second, ftp: true }],
    };
    const started = await site.run('start', site.write('ecosystem.config.json', JSON.stringify(config)));
    expect(started, started.stderr).toMatchObject({ code: 0 });
    await isUp(first);
    await isUp(second);
    expect(await (await fetch(`http://127.0.0.1:${first}/users/7`)).text()).toBe('<h1>home</h1>');
    expect((await fetch(`http://127.0.0.1:${second}/users/7`)).status).toBe(404);
    expect(await site.run('stop', `static-page-server-${second}`)).toMatchObject({ code: 0 });
  });
});
