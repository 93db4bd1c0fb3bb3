// The table of attributes agrees with itself and with the options of the command line; the reference page is printed from it.
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingOf } from './attributes.ts';
import { START_FLAGS } from './flags.ts';
import { PROBE_DEFAULTS } from './health.ts';
import { IDLE_ATTRIBUTES } from './without-effect.ts';
import { ATTRIBUTES, attributeNames, camelCase, findAttribute } from './schema.ts';
import type { Attribute, AttributeName, Kind } from './schema.ts';

const PAGE = new URL('../../docs/reference/configuration.md', import.meta.url);

const KINDS: Readonly<Record<Kind, string>> = {
  text: 'string',
  words: 'string or list',
  flag: 'boolean',
  duration: 'duration',
  pause: 'duration or `false`',
  size: 'size',
  count: 'whole number',
  port: 'port',
  instances: 'number or `max`',
  mode: '`fork` or `cluster`',
  file: 'path',
  switchedText: 'string or `false`',
  extraFile: 'path or `true`',
  format: 'string or `false`',
  logType: '`raw` or `json`',
  keep: 'whole number or `all`',
  period: 'duration or `false`',
  codes: 'number or list',
  variables: 'object',
  files: 'path or list',
  filter: 'boolean, string or list',
  account: 'name or number',
  surge: '`one` or `all`',
  policy: '`round-robin`, `least-connections`, `ip-hash` or `kernel`',
  signal: 'name of a signal',
  verdict: '`fail` or `accept`',
  dependencies: 'list or object',
  watch: 'true, or paths and globs',
  patterns: 'patterns',
  section: 'object',
};

function printRow(name: AttributeName): string {
  const { kind, aliases, standard, doc }: Attribute = ATTRIBUTES[name];
  const flags = START_FLAGS.filter(({ attribute }) => attribute === name).map(
    (flag) => `\`${flag.short === null ? '' : `-${flag.short} `}--${flag.name}\``,
  );
  const others = aliases.length === 0 ? '' : ` Also ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`;
  return `| \`${name}\` | ${KINDS[kind]} | ${standard} | ${flags.join(', ')} | ${doc}${others} |`;
}

function printPage(): string {
  const table = (origin: Attribute['origin']): string[] => [
    '| attribute | value | default | option | meaning |',
    '|---|---|---|---|---|',
    ...attributeNames()
      .filter((name) => ATTRIBUTES[name].origin === origin)
      .map(printRow),
  ];
  return [
    '# Configuration',
    '',
    '<!-- Printed from src/config/schema.ts by its test. UPDATE_DOCS=1 npm run test:unit rewrites it. -->',
    '',
    'A config file is `ecosystem.config.js` (`.cjs`, `.mjs`, `.ts`, `.json`, `.yaml`, `.yml`), any other `*.config.{js,cjs,mjs,ts}`, `*.json`, `*.yaml` or `*.yml`,',
    'or a `package.json` with `pm2` or `apps`. It holds `{ apps: [...] }`, a list of apps, or one app. JSON may have comments and trailing commas; it is data and never evaluated.',
    '',
    'Every attribute is also understood in camelCase (`maxMemoryRestart`). `undefined`, `null` and the empty string mean the default; `0` and `false` count.',
    'Durations are milliseconds or `"500ms"`, `"10s"`, `"2m"`, `"1h"`; sizes are bytes or `"300K"`, `"150M"`, `"1.5G"` (1024-based). Numbers and booleans may be strings.',
    'An unknown attribute is a warning, a wrong value an error; all of them are listed at once.',
    '',
    "## PM2's attributes",
    '',
    ...table('pm2'),
    '',
    '`env_<name>` (an object): variables over `env`, with `--env <name>`.',
    '',
    '## Attributes of Holdfast',
    '',
    ...table('holdfast'),
    '',
    ...printHealth(),
    '## Accepted, without effect',
    '',
    'There is nothing to do for these attributes of PM2; a warning says so where one asks for something.',
    '',
    '| attribute | why |',
    '|---|---|',
    ...Object.entries(IDLE_ATTRIBUTES).map(([name, { why }]) => `| \`${name}\` | ${why} |`),
    '',
  ].join('\n');
}

function printHealth(): string[] {
  const meanings: Readonly<Record<keyof typeof PROBE_DEFAULTS, string>> = {
    interval: 'Time from one look to the next. Until the first success a readiness probe looks more often.',
    timeout: 'Time for an answer.',
    failures: 'So many failed looks in a row mean failing.',
    successes: 'So many good looks in a row mean passing again.',
    start_period: 'So long after its launch failed looks do not count; the first good one ends it.',
  };
  return [
    '## Health',
    '',
    '`health: { readiness: { http: "/ready" }, liveness: { message: true, interval: "30s" } }`. Each probe looks in one way:',
    '',
    '| look | value | passes |',
    '|---|---|---|',
    '| `http` | `"/ready"`, `"https://localhost:9000/ready"`, or `{ path, port, status, tls }` | An answer to GET with a status from 200 to 399, or one of `status` (a number or a list). |',
    '| `tcp` | `true` or a port | A connection is taken. |',
    "| `exec` | a shell line | It exits with 0. It runs in the app's folder and environment. |",
    "| `message` | `true` | The app gets the message `'health'` and answers `'healthy'` (`process.on('message')`, `process.send`). |",
    '',
    'Where no port is given it is the one the instance listens on. Certificates are not checked: it is this machine.',
    'In cluster mode `http` and `tcp` reach that very instance, as a connection of its own through the balancer.',
    '',
    '| setting | default | meaning |',
    '|---|---|---|',
    ...Object.entries(PROBE_DEFAULTS).map(
      ([name, standard]) => `| \`${name}\` | ${standard} | ${meanings[name as keyof typeof PROBE_DEFAULTS]} |`,
    ),
    '',
    '`readiness` failing takes an instance out of rotation until it passes again; the last one stays in. A reload waits for it.',
    '`liveness` failing has an instance replaced, one at a time.',
    '',
  ];
}

describe('the table of attributes', () => {
  it('is what docs/reference/configuration.md says', () => {
    if (process.env['UPDATE_DOCS'] === '1') {
      fs.mkdirSync(new URL('.', PAGE), { recursive: true });
      fs.writeFileSync(PAGE, printPage());
    }
    expect(fs.readFileSync(PAGE, 'utf8')).toBe(printPage());
  });

  it('gives each spelling one meaning', () => {
    const spellings = [
      ...Object.entries<Pick<Attribute, 'aliases'>>(ATTRIBUTES),
      ...Object.keys(IDLE_ATTRIBUTES).map((name) => [name, { aliases: [] }] as const),
    ].flatMap(([name, { aliases }]) => [name, ...aliases].flatMap((spelling) => [...new Set([spelling, camelCase(spelling)])]));
    expect(spellings.filter((spelling, index) => spellings.indexOf(spelling) !== index)).toEqual([]);
    expect(spellings.filter((spelling) => findAttribute(spelling) === undefined)).toEqual([]);
  });

  it('has defaults that are values of their kind wherever the code asks for one', () => {
    const asked = attributeNames().filter(
      (name) =>
        ['flag', 'duration', 'pause', 'count', 'size'].includes(ATTRIBUTES[name].kind) && !['listen_timeout', 'merge_logs'].includes(name),
    );
    expect(Object.fromEntries(asked.map((name) => [name, settingOf({}, name)]))).toEqual({
      append_env_to_name: false,
      execute_command: false,
      log_compress: true,
      log_max_age: 0,
      log_max_size: 50 * 2 ** 20,
      log_total_max: 2 ** 30,
      disable_logs: false,
      source_map_support: true,
      disable_source_map_support: false,
      autostart: true,
      autorestart: true,
      max_restarts: 16,
      min_uptime: 1000,
      restart_delay: 0,
      exp_backoff_restart_delay: 0,
      max_memory_restart: null,
      restart_window: 60_000,
      watch_delay: 200,
      exp_backoff_max: 15_000,
      errored_retry: 0,
      kill_timeout: 1600,
      treekill: true,
      shutdown_with_message: false,
      wait_ready: false,
      drain_idle: 1000,
      drain_timeout: 10_000,
      queue_limit: 1024,
      queue_timeout: 30_000,
      time: false,
      standby: 0,
      rollout_timeout: 600_000,
      bake_time: 0,
      depends_timeout: 600_000,
      max_loop_block: 0,
    });
  });
});

describe('the table of options', () => {
  it('sets attributes that exist, with switches for booleans only', () => {
    for (const flag of START_FLAGS) {
      if (flag.attribute === null) continue;
      expect(Object.keys(ATTRIBUTES)).toContain(flag.attribute);
      expect([flag.name, flag.takes === 'nothing']).toEqual([flag.name, ATTRIBUTES[flag.attribute as AttributeName].kind === 'flag']);
    }
  });

  it('has no spelling and no letter twice', () => {
    const spellings = START_FLAGS.flatMap(({ name, aliases }) => [name, ...aliases]);
    const letters = START_FLAGS.flatMap(({ short }) => (short === null ? [] : [short]));
    expect(new Set(spellings).size).toBe(spellings.length);
    expect(new Set(letters).size).toBe(letters.length);
  });
});
