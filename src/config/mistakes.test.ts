// The mistakes that PM2 swallows, loses or refuses without naming them, and what is said about each instead. Numbers are those of the list they were
// collected in, which has 33. What is only seen later is shown where it is: 23 and 31 in supervisor.test.ts too, how 30 is masked in secrets.test.ts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
  folder.write('run.py', '');
  folder.write('sub/app.js', '');
  folder.write('bin/python3', '', 0o755);
});
afterEach(() => folder.remove());

/** What is written into an app with `script: 'app.js'`, and all that is said about it. */
const IN_APP: readonly (readonly [string, Record<string, unknown>, readonly string[]])[] = [
  ['1 scripts', { scripts: 'x' }, ['scripts is not known, ignored. Did you mean script?']],
  ['3 env_file as the block of an environment', { env: {}, env_file: { A: 1 } }, []],
  [
    '4 health_check',
    { health_check_grace_period: 3000 },
    [
      "health_check_grace_period is not known, ignored. There is no health check by this name, in PM2 neither. Write health: { readiness: { http: '/ready' } }.",
    ],
  ],
  [
    '5 log_rotate_max_size',
    { max_size: '50M', log_rotate_max_size: '50M' },
    ['log_rotate_max_size is not known, ignored. Logs are rotated by log_max_size, log_max_files, log_rotate_every and their kin.'],
  ],
  ['6 monitoring', { monitoring: true }, ['monitoring is not known, ignored. PM2 ignores it too: take it out.']],
  [
    '8 an option inside env',
    { env: { node_args: '--harmony', PORT: 1 } },
    ['node_args stands inside env, where it becomes a variable: it is an option of the app. Move it out of env.'],
  ],
  [
    '8 an option inside env_production',
    { env: {}, env_production: { max_memory_restart: '1G' } },
    [
      'max_memory_restart stands inside env_production, where it becomes a variable: it is an option of the app. Move it out of env_production.',
    ],
  ],
  ['9 deploy inside an app', { deploy: {} }, ['deploy is not known, ignored. The deploy section stands beside apps, not inside one.']],
  [
    '9 post_deploy',
    { post_deploy: 'npm ci' },
    ["post_deploy is not known, ignored. There are no hooks in an app; deploy hooks stand in deploy.<env>['post-deploy']."],
  ],
  ['10 instance', { instance: 2 }, ['instance is not known, ignored. Did you mean instances?']],
  ['10 autoRestart', { autoRestart: false }, ['autoRestart is not known, ignored. Did you mean autorestart?']],
  ['10 memory', { memory: '1G' }, ['memory is not known, ignored. Did you mean max_memory_restart?']],
  ['10 max_memory', { max_memory: '1G' }, ['max_memory is not known, ignored. Did you mean max_memory_restart?']],
  ['10 env.production', { 'env.production': {} }, ['env.production is not known, ignored. Did you mean env_production?']],
  ['10 env-production', { 'env-production': {} }, ['env-production is not known, ignored. Did you mean env_production?']],
  ['10 envProduction', { envProduction: {} }, ['envProduction is not known, ignored. Did you mean env_production?']],
  ['10 watch_ignore', { watch_ignore: ['x'] }, ['watch_ignore is not known, ignored. Did you mean ignore_watch?']],
  ['10 a swap of letters', { exec_moed: 'fork' }, ['exec_moed is not known, ignored. Did you mean exec_mode?']],
  [
    'instances of nothing',
    { instances: '' },
    ['instances is empty, so that nothing is said; PM2 takes it for all cores. For those: instances: "max".'],
  ],
  ['15 a stray comma', { instances: '4,' }, ['instances has a stray comma, read as 4.']],
  [
    '17 time and a format',
    { time: true, log_date_format: 'HH:mm:ss' },
    ['time and log_date_format are both given; log_date_format (HH:mm:ss) is used, unlike in PM2.'],
  ],
  [
    '18 two names of one attribute',
    { node_args: '--harmony', interpreter_args: '--no-opt' },
    ['node_args and interpreter_args are both given; node_args is used.'],
  ],
  ['18 the same said twice', { merge_logs: true, combine_logs: true }, []],
  ['18 out_file and output', { output: '/dev/stdout', out_file: '/dev/null' }, ['out_file and output are both given; out_file is used.']],
  [
    '20 ignore_watch without watch',
    { ignore_watch: ['x'], watch: false },
    ['ignore_watch has no effect without watch. Write watch: true, or take it out.'],
  ],
  ['22 a job', { cron_restart: '0 3 * * *', autorestart: false }, []],
  ['22 a server with a schedule', { cron_restart: '0 3 * * *' }, []],
  ...[{}, { autorestart: true }].map(
    (autorestart) =>
      [
        '22 a script with a schedule that is restarted whenever it ends',
        { interpreter: '/bin/sh', cron_restart: '0 3 * * *', ...autorestart },
        [
          'cron_restart and autorestart: it is started again whenever it ends, not only by its schedule. For a job that ends: autorestart: false.',
        ],
      ] as const,
  ),
  ['a zone without a schedule', { cron_timezone: 'UTC' }, ['cron_timezone has no effect without cron_restart.']],
  [
    '21 a cluster of what is not Node',
    { script: 'run.py', interpreter: 'python3', exec_mode: 'cluster', instances: 4 },
    [
      'cluster mode needs a script that Node runs, and run.py is run by python3: it runs as 4 independent processes in fork mode, which cannot share a port.',
    ],
  ],
  [
    '23 wait_ready on what cannot answer',
    { script: 'run.py', interpreter: 'python3', wait_ready: true },
    [
      "wait_ready has no use: python3 has no process.send('ready'), so every start takes the whole listen_timeout. A readiness probe looks itself: health: { readiness: { tcp: true } }.",
    ],
  ],
  [
    '24 a memory limit below the heap',
    { max_memory_restart: '600M', node_args: '--max-old-space-size=640' },
    [
      'max_memory_restart (600 MB) is not above the heap of --max-old-space-size (640 MB): it is replaced before the heap can fill. Memory of a Node process is its heap and more: leave a margin.',
    ],
  ],
  ['24 a memory limit above the heap', { max_memory_restart: '1G', node_args: '--max-old-space-size=640' }, []],
  [
    '25 options of Node for another interpreter',
    { script: 'run.py', interpreter: 'python3', node_args: '--max-old-space-size=1024' },
    ['node_args has no effect: the interpreter is python3.'],
  ],
  [
    '26 env_production alone',
    { env_production: { A: 1 } },
    ['it has env_production but no env, so nothing is set. Start with --env production?'],
  ],
  [
    '30 secrets: their values are in no message',
    { env: { API_TOKEN: 'hunter2', node_args: 'hunter2' } },
    ['node_args stands inside env, where it becomes a variable: it is an option of the app. Move it out of env.'],
  ],
  [
    '31 shutdown_with_message on what cannot hear it',
    { script: 'run.py', interpreter: 'python3', shutdown_with_message: true },
    [
      "shutdown_with_message sends no signal but the message 'shutdown', which python3 does not hear: it is killed after kill_timeout. Set it to false: a stop is graceful without it.",
    ],
  ],
  [
    'a stop signal that is not sent',
    { kill_signal: 'SIGTERM', shutdown_with_message: true },
    ["kill_signal has no effect with shutdown_with_message: the message 'shutdown' is sent in place of SIGTERM."],
  ],
  [
    'a stop signal that Node takes for its inspector',
    { kill_signal: 'SIGUSR1' },
    [
      'kill_signal is SIGUSR1, on which Node opens its inspector: an app that does not listen for it is killed after kill_timeout. SIGTERM is what most programs end on.',
    ],
  ],
  ['SIGUSR1 for another interpreter', { kill_signal: 'SIGUSR1', interpreter: 'python3', script: 'run.py' }, []],
  [
    '33 a literal date',
    { log_date_format: '2024-01-01' },
    ['log_date_format "2024-01-01" has no token, so every line gets the same text; accepted: tokens such as "YYYY-MM-DD HH:mm:ss.SSS Z".'],
  ],
  ['port against PORT', { port: 3000, env: { PORT: 4000 } }, ['port and the variable PORT are both given; port (3000) is used.']],
  ['increment_var of nothing', { increment_var: 'PORT' }, ['increment_var names PORT, which is not set: it is not raised.']],
  ['increment_var of a number', { increment_var: 'PORT', env: { PORT: 3000 } }, []],
  [
    'stop codes without restarts',
    { autorestart: false, stop_exit_codes: [0] },
    ['stop_exit_codes has no effect with autorestart: false, which leaves it stopped after every exit.'],
  ],
  ['an open quote', { args: 'say "hello' }, ['args has a quote that is not closed.']],
  [
    'what there is no use for here',
    { post_update: ['npm ci'], trace: true },
    [
      'post_update has no effect here. There is no `pull` that would run these commands.',
      'trace has no effect here. There is no tracing; load OpenTelemetry in the app, or with node_args: "--import FILE".',
    ],
  ],
  [
    'values that change nothing',
    {
      watch: false,
      vizion: false,
      pmx: false,
      automation: true,
      windowsHide: true,
      force: true,
      trace: false,
      kill_retry_time: 100,
      cron_restart: 0,
      disable_logs: false,
      '//': 'a remark',
    },
    [],
  ],
];

/** Wrong values: error, with what is accepted. */
const WRONG: readonly (readonly [Record<string, unknown>, string])[] = [
  [{ log_type: 'yaml' }, 'log_type is "yaml", which is no type of log; accepted: "json" or "raw".'],
  [
    { rotateInterval: '0 0 1 * *' },
    'rotateInterval is "0 0 1 * *", which is no rhythm that is known; accepted: a period such as "1h", "1d", "7d", or a crontab line such as "0 0 * * *", "0 * * * *", "*/30 * * * *".',
  ],
  [
    { log_rotate_every: 'often' },
    'log_rotate_every is "often", which is no period; accepted: a period such as "1h", "1d", "7d", or a crontab line such as "0 0 * * *", "0 * * * *", "*/30 * * * *".',
  ],
  [{ retain: -1 }, 'retain is -1, which is out of range; accepted: a whole number from 0, or "all".'],
  [{ max_size: 'big' }, 'max_size is "big", which is no size; accepted: bytes, or a string such as "300K", "150M", "1.5G".'],
  [
    { kill_signal: 'SIGFOO' },
    'kill_signal is "SIGFOO", which is no stop signal; accepted: one of SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGKILL, SIGABRT, SIGWINCH, SIGPWR.',
  ],
  [
    { stop_signal: 19 },
    'stop_signal is 19, which is no stop signal; accepted: one of SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGKILL, SIGABRT, SIGWINCH, SIGPWR.',
  ],
  [{ kill_timeout: '5x' }, 'kill_timeout is "5x", which is no duration; accepted: milliseconds, or a string such as "10s", "500ms", "2m".'],
  [{ kill_timeout: -1 }, 'kill_timeout is -1, which is no duration; accepted: milliseconds, or a string such as "10s", "500ms", "2m".'],
  [
    { max_memory_restart: '1 gig' },
    'max_memory_restart is "1 gig", which is no size; accepted: bytes, or a string such as "300K", "150M", "1.5G".',
  ],
  [{ name: 'all' }, 'its name is "all", which on the command line means every app. Give it another name.'],
  [{ name: '/a/' }, 'its name is "/a/", which on the command line means a regular expression. Give it another name.'],
  [{ name: '-i' }, 'its name is "-i", which on the command line means an option. Give it another name.'],
  [{ uid: 'no one' }, 'uid is "no one", which is no account; accepted: a name or a number.'],
  [{ env_file: 7 }, 'env_file is 7, which is no path; accepted: a path, or a list of paths.'],
  [
    { filter_env: 7 },
    'filter_env is 7, which is no filter; accepted: true (inherit nothing), the name of a variable, or a list of parts of names.',
  ],
  [
    { cron_restart: 'nightly' },
    'cron_restart is "nightly", which is no cron pattern (invalid configuration format (\'nightly\'), exactly five, six, or seven space separated parts are required.); accepted: a pattern such as "0 3 * * *", every night at three.',
  ],
  [
    { cron_restart: '0 0 30 2 *' },
    'cron_restart is "0 0 30 2 *", which is never due; accepted: a pattern such as "0 3 * * *", every night at three.',
  ],
  [
    { cron_restart: '0 3 * * *', cron_timezone: 'Berlin' },
    'cron_timezone is "Berlin", which is no time zone; accepted: a name such as Europe/Berlin.',
  ],
  [{ exec_mode: 'clustered' }, 'exec_mode is "clustered", which is no mode; accepted: "fork" or "cluster".'],
  [
    { instances: 'many' },
    'instances is "many", which is no whole number; accepted: a whole number, "max", 0 (all cores) or -1 (all but one).',
  ],
  [{ instances: 1.5 }, 'instances is 1.5, which is no whole number; accepted: a whole number, "max", 0 (all cores) or -1 (all but one).'],
  [
    { instances: 'two' },
    'instances is "two", which is no whole number; accepted: a whole number, "max", 0 (all cores) or -1 (all but one).',
  ],
  [{ autorestart: 'yes' }, 'autorestart is "yes", which is neither true nor false; accepted: true or false.'],
  [{ max_restarts: -1 }, 'max_restarts is -1, which is out of range; accepted: a whole number from 0.'],
  [{ port: 70_000 }, 'port is 70000, which is out of range; accepted: a port number, 0 to 65535.'],
  [
    { stop_exit_codes: [0, 256] },
    'stop_exit_codes is a list of 2, which is no exit code; accepted: a number from 0 to 255, or a list of them.',
  ],
  [{ args: { a: 1 } }, 'args is an object, which is no list of words; accepted: a string, or a list of strings.'],
  [{ env: ['A=1'] }, 'env is a list of 1, which is no object; accepted: an object of variables, such as { PORT: 3000 }.'],
  [{ env: { 'A=B': 1 } }, 'env is an object, where "A=B" cannot be a variable; accepted: an object of variables, such as { PORT: 3000 }.'],
  [
    { env_production: 'PORT=1' },
    'env_production is a string, which is no object; accepted: an object of variables, such as { PORT: 3000 }.',
  ],
  [{ out_file: 'logs/' }, 'out_file is "logs/", which is a folder; accepted: a path, or "/dev/null" to store nothing.'],
  [{ cwd: true }, 'cwd is true, which is no string; accepted: a string.'],
  [{ name: ['a'] }, 'name is a list of 1, which is no string; accepted: a string.'],
];

describe('a mistake in an app', () => {
  it.each(IN_APP)('is reported: %s', async (_, app, said) => {
    folder.write('eco.json', JSON.stringify({ apps: [{ name: 'app', script: 'app.js', ...app }] }));
    const { errors, warnings, notes, specs } = await folder.read('eco.json');
    expect(errors).toEqual([]);
    expect([...warnings, ...notes]).toEqual(said.map((text) => `eco.json: app app: ${text}`));
    expect(specs).toHaveLength(1);
  });

  it.each(WRONG)('is refused with what is accepted: %j', async (app, message) => {
    folder.write('eco.json', JSON.stringify({ apps: [{ script: 'app.js', ...app }] }));
    const name = typeof app['name'] === 'string' ? app['name'] : 'app';
    expect((await folder.read('eco.json')).errors).toEqual([`eco.json: app ${name}: ${message}`]);
  });

  it('does not hide the next one', async () => {
    folder.write(
      'eco.json',
      JSON.stringify({
        apps: [
          { script: 'app.js', kill_timeout: 'x', exec_mode: 'y' },
          { script: 'gone.js', port: 'z' },
        ],
      }),
    );
    expect((await folder.read('eco.json')).errors).toHaveLength(4);
  });

  it('is said once: a script that is no string is not missing besides', async () => {
    folder.write('eco.json', '{ "name": "app", "script": ["app.js"] }');
    expect((await folder.read('eco.json')).errors).toEqual([
      'eco.json: app app: script is a list of 1, which is no string; accepted: a string.',
    ]);
  });

  it('is told from what JSON cannot say: no limit of restarts is no number', async () => {
    folder.write('eco.config.cjs', "module.exports = { name: 'app', script: 'app.js', max_restarts: Infinity };");
    expect((await folder.read('eco.config.cjs')).errors).toEqual([
      'eco.config.cjs: app app: max_restarts is Infinity, which is no whole number; accepted: a whole number from 0, such as 1000000 for as good as no limit.',
    ]);
  });

  it('never shows the value of a variable', async () => {
    folder.write(
      'eco.json',
      JSON.stringify({ apps: [{ script: 'app.js', env: { SECRET: 'hunter2', node_args: 'hunter2', 'A=B': 'hunter2' }, port: 'x' }] }),
    );
    expect(JSON.stringify(await folder.read('eco.json'))).not.toContain('hunter2');
    folder.write('eco.json', JSON.stringify({ apps: [{ script: 'app.js', env: 'SECRET=hunter2', env_production: 'SECRET=hunter2' }] }));
    const { errors } = await folder.read('eco.json');
    expect(errors).toHaveLength(2);
    expect(errors.join()).not.toContain('hunter2');
  });
});

/** What PM2 refuses or loses, and what becomes of it here, without a word. */
const MEANT: readonly (readonly [string, Record<string, unknown>, object])[] = [
  ['3 env_file', { env_file: '.env' }, { env: { FROM_FILE: 'yes' } }],
  ['5 max_size and retain', { max_size: '50M', retain: 7 }, { logRotation: { maxBytes: 50 * 2 ** 20, maxFiles: 7 } }],
  ['11 1GB', { max_memory_restart: '1GB' }, { maxMemoryBytes: 2 ** 30 }],
  ['11 1.5G', { max_memory_restart: '1.5G' }, { maxMemoryBytes: 1.5 * 2 ** 30 }],
  ['11 500m', { max_memory_restart: '500m' }, { maxMemoryBytes: 500 * 2 ** 20 }],
  ['11 512MB', { max_memory_restart: '512MB' }, { maxMemoryBytes: 512 * 2 ** 20 }],
  [
    '12 durations',
    { kill_timeout: '5s', restart_delay: '1000ms', min_uptime: '10 s' },
    { killTimeoutMs: 5000, restartDelayMs: 1000, minUptimeMs: 10_000 },
  ],
  ['13 Cluster and "false"', { exec_mode: 'Cluster', autorestart: 'false' }, { mode: 'cluster', autorestart: false }],
  ['14 watch as a string', { watch: 'true' }, { watch: { isOn: true, paths: [] } }],
  [
    '16 falsy values',
    { merge_logs: false, kill_timeout: 0, max_restarts: 0, source_map_support: false, stop_exit_codes: 0, log_date_format: false },
    { mergeLogs: false, killTimeoutMs: 0, maxRestarts: 0, sourceMapSupport: false, stopExitCodes: [0], logDateFormat: null },
  ],
];

describe('what PM2 does not take', () => {
  it.each(MEANT)('is taken as it is meant: %s', async (_, app, fields) => {
    folder.write('.env', 'FROM_FILE=yes');
    folder.write('eco.json', JSON.stringify({ name: 'app', script: 'app.js', ...app }));
    expect(await folder.read('eco.json')).toMatchObject({ specs: [fields], errors: [], warnings: [], notes: [] });
  });
});

/** Files as a whole: what is said of them. */
const FILES: readonly (readonly [string, file: string, text: string, readonly string[]])[] = [
  [
    '1 scripts alone',
    'eco.json',
    '{ "apps": [{ "name": "app", "scripts": "app.js" }] }',
    [
      'eco.json: app app: script is missing: there is nothing to run; accepted: script: "server.js".',
      'eco.json: app app: scripts is not known, ignored. Did you mean script?',
    ],
  ],
  ['2 apps as a mapping', 'eco.yaml', 'apps:\n  api:\n    script: app.js\n', ['eco.yaml: apps is a mapping; its keys are taken as names.']],
  [
    '7 an option beside apps',
    'eco.json',
    '{ "max_restarts": 3, "apps": [{ "script": "app.js" }], "deploy": {} }',
    ['eco.json: max_restarts stands beside apps, where it has no effect. Move it into each app.'],
  ],
  [
    '10 depends_on, which there is here',
    'eco.json',
    '[{ "name": "db", "script": "app.js" }, { "name": "api", "script": "app.js", "depends_on": ["bd"] }]',
    ['eco.json: app api: depends_on names bd, and no app of this file is called that; there is db. Did you mean db?'],
  ],
  [
    '15 a stray comma, twice',
    'eco.yaml',
    '- name: a\n  script: app.js\n  instances: 4,\n- name: b\n  script: app.js\n  instances: 4,\n',
    ['eco.yaml: app a: instances has a stray comma, read as 4.', 'eco.yaml: app b: instances has a stray comma, read as 4.'],
  ],
  [
    '19 a key twice in JSON',
    'eco.json',
    '{ "script": "app.js", "kill_timeout": 1, "kill_timeout": 2 }',
    ['eco.json: kill_timeout is given twice in one object (line 1); the last one counts.'],
  ],
  [
    '19 a key twice in YAML',
    'eco.yaml',
    'script: app.js\nkill_timeout: 1\nkill_timeout: 2\n',
    ['eco.yaml: kill_timeout is given twice in one object (line 3); the last one counts.'],
  ],
  [
    '19 a key twice in JavaScript cannot be seen: the language keeps the last',
    'eco.config.cjs',
    'module.exports = { script: "app.js", name: "a", name: "b" };',
    [],
  ],
  [
    '27 names that are not set',
    'eco.json',
    '[{ "script": "app.js" }, { "name": null, "script": "sub/app.js" }]',
    ['app app: 2 apps have the name "app" (scripts app.js, sub/app.js). An app without a name gets that of its script; give each its own.'],
  ],
  [
    '28 a config file that is named like a script, and run as one',
    'app.production.js',
    "module.exports = { apps: [{ script: 'app.js' }] };",
    [
      'app app.production: app.production.js is run as a script, but it looks like a config file. To load it, give it a name that ends in .config.js.',
    ],
  ],
  [
    '29 a folder of another machine, not the script',
    'eco.json',
    '{ "script": "server.js", "cwd": "/Users/jo/site" }',
    ['eco.json: app server: cwd /Users/jo/site does not exist. For the folder of the config file write cwd: __dirname.'],
  ],
  [
    '32 junk',
    'eco.json',
    '{ "script": "app.js" } ssh-rsa AAAA',
    [
      'eco.json: cannot be read: unexpected "s" after the end of the value, at line 1, column 24\n{ "script": "app.js" } ssh-rsa AAAA\n                       ^',
    ],
  ],
];

describe('a mistake in a file', () => {
  it.each(FILES)('is reported: %s', async (_, file, text, said) => {
    folder.write(file, text);
    const { errors, warnings, notes } = await folder.read(file);
    expect([...errors, ...warnings, ...notes]).toEqual(said);
  });
});

it('none of the 33 mistakes is missing', () => {
  const titles = [...IN_APP, ...MEANT, ...FILES].map(([title]) => Number.parseInt(title, 10)).filter((number) => !Number.isNaN(number));
  expect([...new Set(titles)].sort((a, b) => a - b)).toEqual(Array.from({ length: 33 }, (_, index) => index + 1));
});

describe('a mistake beside apps', () => {
  it('is none where it is there to be repeated', async () => {
    folder.write('eco.yaml', 'x-base: &base { script: app.js }\napps:\n  - { <<: *base, name: a }\n');
    expect(await folder.read('eco.yaml')).toMatchObject({ specs: [{ name: 'a' }], warnings: [], notes: [] });
  });

  it('an unknown section is named with what may have been meant', async () => {
    folder.write('eco.json', '{ "apps": [{ "script": "app.js" }], "depoly": {} }');
    expect((await folder.read('eco.json')).warnings).toEqual(['eco.json: depoly is not known beside apps, ignored. Did you mean deploy?']);
    folder.write('eco.json', '{ "app": [{ "script": "app.js" }] }');
    expect((await folder.read('eco.json')).errors[0]).toContain(
      'has neither apps nor a script (it has app); accepted: module.exports = { apps: [{ name, script }] }. Did you mean apps by app?',
    );
  });
});
