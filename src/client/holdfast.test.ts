// What the client of programs asks the daemon for.
import { beforeEach, describe, expect, it } from 'vitest';
import { appView, instanceView, operationView } from '../../test/canned-views.ts';
import { specOf } from '../../test/spec.ts';
import type { Client } from './client.ts';
import { createHoldfast } from './holdfast.ts';
import type { Config } from './holdfast-types.ts';

let asked: unknown[];
beforeEach(() => (asked = []));

const answer = <T>(request: unknown, reply: T): Promise<T> => {
  asked.push(request);
  return Promise.resolve(reply);
};
const api = appView([instanceView()], specOf({ name: 'api' }));
const daemon: Partial<Client> = {
  apps: (query) => answer(query, { apps: query?.targets?.includes('all') === true ? [api, api] : [api], alerts: [] }),
  operate: (request) => answer(request, operationView({ state: 'done' })),
  message: (request) => answer(request, { sent: [] }),
  inspect: (request) => answer(request, { app: 'api', slot: 0, id: 0, pid: 4100, url: 'ws://127.0.0.1:9229/key' }),
  profile: (request) => answer(request, { profile: { nodes: [] } }),
  trigger: (request) =>
    answer(request, { answers: [{ app: 'api', namespace: 'default', slot: 0, id: 0, called: true, error: null, at: 1, returned: 'ok' }] }),
};
const specs = [specOf({ name: 'api' })];
const holdfast = createHoldfast(daemon as Client, {
  isConfig: (what): what is Config => typeof what === 'object' && !Array.isArray(what),
  read: () => Promise.resolve(specs),
});
const config = { script: 'api.js' };

describe('an operation', () => {
  it.each([
    ['start', () => holdfast.start('api'), { action: 'start', targets: ['api'] }],
    ['start of a config', () => holdfast.start(config), { action: 'apply', specs, existing: 'restart' }],
    ['restart', () => holdfast.restart(['api', 3]), { action: 'restart', targets: ['api', '3'] }],
    ['reload', () => holdfast.reload('api', { parallel: 2 }), { action: 'reload', targets: ['api'], parallel: 2 }],
    ['reload of a config', () => holdfast.reload(config, { surge: 'all' }), { action: 'apply', specs, existing: 'reload', surge: 'all' }],
    ['rollback', () => holdfast.rollback('api', { to: 3 }), { action: 'rollback', app: 'api', to: 3 }],
    ['scale to a total', () => holdfast.scale('api', 4), { action: 'scale', app: 'api', count: 4 }],
    ['scale by a change', () => holdfast.scale('api', '-1'), { action: 'scale', app: 'api', change: -1 }],
    ['signal', () => holdfast.signal(0, 'SIGUSR2'), { action: 'signal', targets: ['0'], signal: 'SIGUSR2' }],
    ['save', () => holdfast.save({ force: true }), { action: 'save', force: true }],
  ])('%s', async (_name, act, request) => {
    expect(await act()).toMatchObject({ state: 'done' });
    expect(asked).toEqual([request]);
  });
});

it('describes the one app that is meant, with its spec, and refuses to choose', async () => {
  expect(await holdfast.describe('api')).toMatchObject({ name: 'api', spec: { name: 'api' } });
  await expect(holdfast.describe('all')).rejects.toMatchObject({
    code: 'USAGE',
    message: 'Cannot describe all: it means 2 apps (api, api).',
  });
});

it('talks to apps: a message, and an action with what they return', async () => {
  await holdfast.message('api', { refresh: true });
  expect(await holdfast.trigger(0, 'gc', 'full')).toMatchObject([{ app: 'api', returned: 'ok' }]);
  expect(asked).toEqual([
    { target: 'api', message: { refresh: true } },
    { target: '0', action: 'gc', params: 'full' },
  ]);
});

it('looks into processes: an inspector in an app, and a profile of the daemon', async () => {
  expect(await holdfast.inspect(0)).toMatchObject({ app: 'api', url: 'ws://127.0.0.1:9229/key' });
  expect(await holdfast.profile('cpu', 500)).toEqual({ nodes: [] });
  expect(await holdfast.profile('mem')).toEqual({ nodes: [] });
  expect(asked).toEqual([{ target: '0' }, { kind: 'cpu', durationMs: 500 }, { kind: 'mem', durationMs: 10_000 }]);
});
