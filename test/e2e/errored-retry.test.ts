// errored_retry: what the restart policy has given up gets a second chance after that time, whoever is killed meanwhile.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSite, fixture } from './kit/site.ts';
import type { LoggedEvent, Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const textsOf = (app: string): string[] => site.events(app).map(({ text }) => text);
const eventsLike = (app: string, pattern: RegExp): LoggedEvent[] => site.events(app).filter(({ text }) => pattern.test(text));

async function start(app: object): Promise<{ code: number | null }> {
  return site.run('start', site.ecosystem({ name: 'app', ...app }));
}

describe('errored_retry', () => {
  it('gives an errored app a second chance, says when, and a daemon that comes back leaves it running', async () => {
    const repaired = `${site.folder}/repaired`;
    const script = site.write(
      'app.cjs',
      "if (!require('node:fs').existsSync(process.argv[2])) process.exit(3);\nsetInterval(() => console.log('up'), 10000);\n",
    );
    expect((await start({ script, args: [repaired], max_restarts: 2, errored_retry: '2s' })).code).toBe(1);
    await waitFor('it to be given up again', () => eventsLike('app', /^errored: 2 crashes/).length === 2, { timeoutMs: 30_000 });
    expect(textsOf('app')).toContain('second chance after 2 s (errored_retry)');
    expect(textsOf('app').find((text) => text.startsWith('errored'))).toMatch(
      /second chance in 2 s \(errored_retry\); at once: holdfast restart app$/,
    );
    site.write('repaired', '');
    const online = async (): Promise<number | null> => (await site.instances('app')).find(({ status }) => status === 'online')?.pid ?? null;
    const pid = await waitFor('it to be online', online, { timeoutMs: 30_000 });
    const { daemon } = await site.manager();
    process.kill(daemon.pid, 'SIGKILL');
    await waitFor('another daemon', async () => (await site.manager()).daemon.pid !== daemon.pid);
    expect(await online()).toBe(pid);
    expect(textsOf('app').some((text) => text.startsWith('stopping'))).toBe(false);
  });

  it('is over where the app is stopped', async () => {
    await start({ script: fixture('exits.cjs'), max_restarts: 1, errored_retry: '10m' });
    const list = await waitFor('errored', async () => {
      const { stdout } = await site.run('ls');
      return stdout.includes('errored') && stdout;
    });
    expect(list).toMatch(/errored \(again in (10|9)m/);
    expect(await site.run('stop', 'app')).toMatchObject({ code: 0 });
    expect((await site.run('ls')).stdout).not.toContain('again in');
    expect((await site.instances('app'))[0]).toMatchObject({ status: 'errored', restartInMs: null });
  });
});
