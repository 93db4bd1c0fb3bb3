// What an instance is launched from: its own release when it ends by itself, the app's when a person asks.
import { describe, expect, it } from 'vitest';
import { held, latest, leave, newest, nextRelease, obey, roll, serving, slotsTo } from '../../test/rollout-kit.ts';
import type { ServingWorld } from '../../test/rollout-kit.ts';

/** Folder and script of the latest launch. */
const launched = (world: ServingWorld): string => `${newest(world).options.cwd} ${newest(world).options.args.at(-1)}`;

/** Applies release 2 as a daemon does before a restart. */
function apply(world: ServingWorld): void {
  const { spec } = world;
  const release = nextRelease(world, { env: { COLOUR: 'green' } });
  world.supervisor.command({ type: 'apply', release, slots: slotsTo(spec.instances), start: false, orphans: [] }, () => {});
}

it('an instance was asked for when its deploy launched it, and created when its slot was', () => {
  const world = serving({ instances: 1 });
  const { createdAt } = world.rows()[0]!;
  world.clock.pass(5000);
  roll(world);
  newest(world).listen();
  leave(world);
  expect(held(world)).toEqual(['0 of 2 current']);
  expect(world.rows()).toMatchObject([{ createdAt, askedAt: world.clock.epochMs() }]);
});

describe('an instance that ends by itself', () => {
  it('comes back from the release it was started from, whatever the app has become', () => {
    const world = serving({ instances: 1 });
    apply(world);
    world.children[0]!.exit({ code: 1 });
    world.clock.pass(1);
    expect(launched(world)).toBe('/srv /srv/app.js');
    expect(held(world)).toEqual(['0 of 1 current']);
  });

  it('also after a deploy that failed', () => {
    const world = serving({ instances: 1, maxRestarts: 1 });
    roll(world);
    newest(world).exit({ code: 1 });
    world.clock.pass(1);
    expect(latest(world).phase).toBe('failed');
    world.children[0]!.exit({ signal: 'SIGKILL' });
    world.clock.pass(1);
    expect(world.rows()[0]!.phase.kind).toBe('errored');
    world.supervisor.command({ type: 'restart', slots: [0] }, () => {});
    expect(launched(world)).toBe('/srv /srv/app.js');
  });

  it('with the real paths of its release, not those that its spec names', () => {
    const world = serving({ instances: 1 });
    roll(world);
    obey(world);
    newest(world).exit({ code: 1 });
    world.clock.pass(1);
    expect(launched(world)).toBe('/srv/2 /srv/2/app.js');
  });

  it.each(['/srv/2', '/srv/2/app.js'])('where %s is gone, from where the paths of its spec lead now, and it is said', (path) => {
    const world = serving({ instances: 1 });
    roll(world);
    obey(world);
    world.gone.add(path);
    newest(world).exit({ code: 1 });
    world.clock.pass(1);
    expect(launched(world)).toBe('/srv /srv/app.js');
    expect(world.story().filter((line) => line.includes('is gone'))).toEqual([
      `0 ${path} of its release is gone, using ${path === '/srv/2' ? '/srv' : '/srv/app.js'}`,
    ]);
  });
});

describe('an instance that is started or restarted by command', () => {
  it.each(['running', 'stopped'])('gets the release that the app has now, when it was %s', (state) => {
    const world = serving({ instances: 1 });
    if (state === 'stopped') world.supervisor.command({ type: 'stop', slots: [0] }, () => {});
    leave(world);
    apply(world);
    world.supervisor.command({ type: state === 'stopped' ? 'start' : 'restart', slots: [0] }, () => {});
    leave(world);
    expect(launched(world)).toBe('/srv/2 /srv/2/app.js');
    expect(held(world)).toEqual(['0 of 2 current']);
  });

  it('is stopped by the rules that it was started with', () => {
    const world = serving({ instances: 1, mode: 'fork', killTimeoutMs: 500 });
    const release = nextRelease(world, { killTimeoutMs: 60_000 });
    world.supervisor.command({ type: 'apply', release, slots: slotsTo(1), start: false, orphans: [] }, () => {});
    world.supervisor.command({ type: 'restart', slots: [0] }, () => {});
    world.clock.pass(500);
    expect(world.children[0]!.got).toEqual(['SIGINT', 'SIGKILL']);
  });

  it('is ready by the rules of the release that it is launched from', () => {
    const world = serving({ instances: 1 });
    const release = nextRelease(world, { waitReady: true });
    world.supervisor.command({ type: 'apply', release, slots: slotsTo(1), start: false, orphans: [] }, () => {});
    world.supervisor.command({ type: 'restart', slots: [0] }, () => {});
    leave(world);
    newest(world).listen();
    expect(world.rows()[0]!.phase.kind).toBe('starting');
    newest(world).tell('ready');
    expect(world.rows()[0]!.phase.kind).toBe('online');
  });
});
