// Schedules at the door: what is begun when they are due, and what `ls` says in between. Real HTTP to a real daemon, hosts that pretend.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appSpec, createDaemonKit, until } from './daemon-kit.ts';
import type { DaemonKit } from './daemon-kit.ts';
import type { AppSpec } from '../src/model/app-spec.ts';
import type { AppView } from '../src/model/view.ts';

let kit: DaemonKit;
beforeEach(async () => void (kit = await createDaemonKit()));
afterEach(() => kit.dispose());

const EVERY_SECOND = { pattern: '* * * * * *', timeZone: null };
const NEVER_SOON = { pattern: '0 0 29 2 *', timeZone: 'UTC' };
const job = (differs: Partial<AppSpec> = {}): AppSpec =>
  appSpec('job', { autorestart: false, schedule: EVERY_SECOND, mode: 'fork', ...differs });
const apply = (spec: AppSpec): Promise<unknown> => kit.operate({ action: 'apply', specs: [spec], existing: 'restart' });
const view = async (): Promise<AppView> => (await kit.client.apps()).apps[0]!;
const status = async (): Promise<string> => (await view()).instances[0]!.status;
const generation = (): number => kit.hosts.get('job')?.instance('job', 0).row.generation ?? 0;
/** The job ends by itself. */
const finish = (): void =>
  kit.hosts
    .get('job')!
    .instance('job', 0)
    .say({ goal: 'down', phase: { kind: 'stopped', finished: 'autorestart-off' } }, { kind: 'finished', reason: 'autorestart-off' });

describe('a job with a schedule', () => {
  it('waits between its runs, and is started again when it is due', async () => {
    await apply(job());
    finish();
    await until('it waits', async () => (await status()) === 'waiting' || generation() > 1);
    expect((await view()).nextRunAt).toBeGreaterThan(Date.now() - 1000);
    await until('it runs again', () => generation() > 1);
    expect(kit.log().some((line) => line.endsWith('App [job] start by its schedule (cron_restart * * * * * *)'))).toBe(true);
  });

  it('that ends while its start is still waited for waits too', async () => {
    kit.behave((instance) => {
      instance.online();
      instance.say(
        { goal: 'down', phase: { kind: 'stopped', finished: 'autorestart-off' } },
        { kind: 'finished', reason: 'autorestart-off' },
      );
    });
    await apply(job({ schedule: NEVER_SOON }));
    await until('it waits', async () => (await status()) === 'waiting');
  });

  it('is never run twice at a time', async () => {
    await apply(job());
    await until('a run is left out', () => kit.log().find((line) => line.includes('left out: the run before has not ended')));
    expect(generation()).toBe(1);
  });

  it('that was stopped by a command has no next time, until it is started', async () => {
    await apply(job());
    await kit.operate({ action: 'stop', targets: ['job'] });
    expect(await view()).toMatchObject({ nextRunAt: null, instances: [{ status: 'stopped' }] });
    await kit.operate({ action: 'start', targets: ['job'] });
    expect((await view()).nextRunAt).not.toBeNull();
  });

  it('that was stopped by a command while it waited is not run', async () => {
    await apply(job({ schedule: NEVER_SOON }));
    finish();
    await until('it waits', async () => (await status()) === 'waiting');
    await kit.operate({ action: 'stop', targets: ['job'] });
    expect(await view()).toMatchObject({ nextRunAt: null, instances: [{ status: 'stopped' }] });
  });

  it('with autostart: false waits for its first time', async () => {
    await apply(job({ autostart: false, schedule: NEVER_SOON }));
    expect(await view()).toMatchObject({ instances: [{ status: 'waiting' }] });
    expect((await view()).nextRunAt).toBeGreaterThan(Date.now());
  });

  it('waits on after its daemon was replaced, and after a reboot by resurrect', async () => {
    await apply(job({ schedule: NEVER_SOON }));
    finish();
    await until('it waits', async () => (await status()) === 'waiting');
    await kit.leave();
    await kit.start();
    expect(await status()).toBe('waiting');
    await kit.operate({ action: 'save' });
    await kit.leave();
    await kit.hosts.get('job')!.die();
    await kit.start('another-boot');
    await kit.operate({ action: 'resurrect' });
    expect(await status()).toBe('waiting');
  });
});

describe('a server with a schedule', () => {
  it('is restarted in fork mode', async () => {
    await apply(job({ autorestart: true }));
    await until('it was restarted', () => generation() > 1);
    expect(kit.hosts.get('job')!.commands.map(({ type }) => type)).toContain('restart');
  });

  it('is reloaded in cluster mode', async () => {
    await apply(job({ autorestart: true, mode: 'cluster' }));
    await until('it was reloaded', () => kit.hosts.get('job')!.commands.some(({ type }) => type === 'rollout'));
  });
});

describe('a schedule', () => {
  it('that is none is refused, and nothing changes', async () => {
    const refused = apply(job({ schedule: { pattern: 'nightly', timeZone: null } }));
    await expect(refused).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect((await kit.client.apps()).apps).toEqual([]);
  });
});
