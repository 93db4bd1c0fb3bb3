// Schedules with real processes: jobs that run by the clock, servers that are renewed without a gap.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const texts = (app: string): string[] => site.events(app).map(({ text }) => text);
const countOf = (app: string, pattern: RegExp): number => texts(app).filter((text) => pattern.test(text)).length;

describe('cron_restart', () => {
  it('runs a job again and again, shows it as waiting with its next time, and stops with the app', async () => {
    const script = site.write('job.cjs', "console.log('ran');\n");
    const started = await site.run('start', site.ecosystem({ name: 'job', script, autorestart: false, cron_restart: '*/2 * * * * *' }));
    expect(started.code).toBe(0);
    await waitFor('three runs', () => countOf('job', /^finished|^stopped: autorestart/) >= 3);
    const listed = await waitFor('it waits', async () => /stopped \(until \d\d-\d\d \d\d:\d\d\)/.exec((await site.run('ls')).stdout));
    expect(listed).not.toBeNull();
    expect((await site.run('describe', 'job')).stdout).toMatch(/next run +│ \d{4}-\d\d-\d\d/);
    await site.run('stop', 'job');
    expect((await site.instances('job'))[0]!.status).toBe('stopped');
    expect((await site.apps()).apps[0]!.nextRunAt).toBeNull();
  });

  it('goes on after its daemon was killed', async () => {
    const script = site.write('job.cjs', "console.log('ran');\n");
    await site.run('start', site.ecosystem({ name: 'job', script, autorestart: false, cron_restart: '* * * * * *' }));
    process.kill((await site.manager()).daemon.pid, 'SIGKILL');
    const before = countOf('job', /^starting/);
    await waitFor('it runs again', () => countOf('job', /^starting/) > before + 1);
  });

  it('renews a server in cluster mode: another process, never nobody', async () => {
    await site.run(
      'start',
      site.ecosystem({
        name: 'web',
        script: fixture('http-server.cjs'),
        env: { PORT: '0' },
        instances: 1,
        exec_mode: 'cluster',
        cron_restart: '*/3 * * * * *',
      }),
    );
    const [first] = await site.instances('web');
    await waitFor('another process serves', () => countOf('web', /^reload done/) > 0);
    const [second] = (await site.instances('web')).filter(({ role }) => role === 'current');
    expect(second!.pid).not.toBe(first!.pid);
    await site.run('stop', 'web');
  });
});
