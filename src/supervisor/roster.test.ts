// What comes from a daemon or a host of an earlier version says nothing of what came later: it is filled at the door.
import { expect, it } from 'vitest';
import { releaseOf, specOf } from '../../test/spec.ts';
import type { HostRecord } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import { createRoster } from './roster.ts';
import type { AddressedCommand, Roster } from './roster.ts';
import type { Supervisor } from './supervisor.ts';

/** A release as it was before an app could say how it is stopped, and before anything was repeated. */
function earlier(): Release {
  const { stopSignal: _, echo: __, ...spec } = specOf();
  return { ...releaseOf(specOf()), spec } as Release;
}

function rosterOf(): { readonly roster: Roster; readonly created: Release[] } {
  const created: Release[] = [];
  const supervisor = { command: () => undefined, inherit: () => undefined } as unknown as Supervisor;
  const ignore = (): void => undefined;
  const roster = createRoster({
    create: (release) => (created.push(release), supervisor),
    tail: () => [],
    reopenLogs: ignore,
    forgotten: ignore,
    tookOver: ignore,
    emptied: ignore,
  });
  return { roster, created };
}

it('a release of an earlier daemon is stopped by SIGINT', () => {
  const { roster, created } = rosterOf();
  roster.take(
    { type: 'apply', ticket: 1, release: earlier(), slots: [], start: true, orphans: [] } satisfies AddressedCommand,
    () => undefined,
  );
  expect(created).toEqual([releaseOf(specOf())]);
});

it('a release in the record of an earlier host, too', () => {
  const { roster, created } = rosterOf();
  const apps = [{ name: 'api', release: 1, releases: [earlier()], rollout: null, instances: [] }];
  roster.inherit({ apps, process: { pid: 1, startTime: '1' } } as unknown as HostRecord, []);
  expect(created).toEqual([releaseOf(specOf())]);
});
