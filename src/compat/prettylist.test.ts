// PM2's list in the form of util.inspect: what scripts search for, and what is not shown.
import { expect, it } from 'vitest';
import { appSpec, appView, instanceView } from '../../test/canned-views.ts';
import { toJlist } from './jlist.ts';
import { printPrettylist } from './prettylist.ts';

const surroundings = { username: 'me', home: '/home/me/.holdfast', signalNumber: () => undefined, versionOf: () => null };
const list = toJlist(
  { apps: [appView([instanceView()], appSpec({ env: { PORT: '3000', API_TOKEN: 'hunter2', DB: 'postgres://me:hunter2@db/site' } }))] },
  surroundings,
);

it('has unquoted keys, single quotes and every depth, as scripts search for it', () => {
  const text = printPrettylist(list, { showSecrets: false });
  for (const part of ["name: 'api'", "exec_mode: 'cluster_mode'", 'restart_time: 0', 'args: []', "PORT: '3000'", 'autorestart: true'])
    expect(text).toContain(part);
  expect(text).not.toContain('[Object]');
  expect(text.endsWith('\n')).toBe(false);
  expect(printPrettylist([], { showSecrets: false })).toBe('[]');
});

it('masks what looks like a secret unless asked for', () => {
  const text = printPrettylist(list, { showSecrets: false });
  expect(text).not.toContain('hunter2');
  expect(text.match(/DB: 'postgres:\/\/me:\*{8}@db\/site'/g)).toHaveLength(2);
  expect(printPrettylist(list, { showSecrets: true })).toContain("API_TOKEN: 'hunter2'");
});

it('masks the variables of environments that were not chosen, too, and numbers', () => {
  const echo = { env: { PIN_KEY: 12_345, PORT: 3000 }, env_production: { API_TOKEN: 'hunter2', PORT: 80 } };
  const env = { PIN_KEY: '12345', PORT: '3000' };
  const layer = { source: 'config', file: '/eco.json', key: 'env', names: ['PIN_KEY', 'PORT'] } as const;
  const apps = [appView([instanceView()], appSpec({ env, echo, envLayers: [{ ...layer, names: [...layer.names] }] }))];
  const text = printPrettylist(toJlist({ apps }, surroundings), { showSecrets: false });
  expect(text).not.toMatch(/hunter2|12345/);
  expect(text).toMatch(/env_production: \{ API_TOKEN: '\*+', PORT: 80 \}/);
  expect(text.match(/PORT: 3000/g)).toHaveLength(2);
});
