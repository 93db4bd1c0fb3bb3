// What an app is, with every default filled: the form that crosses the API, is stored, and reaches the supervisor.
import * as v from 'valibot';
import { STOP_SIGNALS } from './stop-signal.ts';

const ms = v.pipe(v.number(), v.finite(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.string();
const plain = v.union([v.pipe(v.number(), v.finite()), v.boolean()]);
const portNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const atLeastOne = v.pipe(v.number(), v.integer(), v.minValue(1));
const appName = v.pipe(text, v.minLength(1), v.maxLength(200));

/** How the host asks an instance how it is. A port of null is the one the instance listens on. */
const probeSchema = v.strictObject({
  check: v.variant('kind', [
    v.strictObject({
      kind: v.literal('http'),
      path: v.pipe(text, v.startsWith('/')),
      port: v.nullable(portNumber),
      tls: v.boolean(),
      /** Statuses that pass; null: 200 to 399. */
      statuses: v.nullable(v.array(v.number())),
    }),
    v.strictObject({ kind: v.literal('tcp'), port: v.nullable(portNumber) }),
    /** A shell line, run in the app's folder and environment; exit code 0 passes. */
    v.strictObject({ kind: v.literal('exec'), command: v.pipe(text, v.minLength(1)) }),
    /** The app gets the message `health` and answers with the message `healthy`. */
    v.strictObject({ kind: v.literal('message') }),
  ]),
  intervalMs: v.pipe(v.number(), v.minValue(1)),
  timeoutMs: v.pipe(v.number(), v.minValue(1)),
  /** So many failures in a row mean failing. */
  failures: atLeastOne,
  /** So many successes in a row mean passing again. */
  successes: atLeastOne,
  /** So long after the launch failures do not count; the first success ends it. */
  startPeriodMs: ms,
});

/** One probe of an app. */
export type ProbeSpec = Readonly<v.InferOutput<typeof probeSchema>>;

/** Variables that came from one place. Values are in `env`: a later layer wins. */
const envLayerSchema = v.strictObject({
  /** `shell`: who ran the command. `config`: `file`, under `key`; where both are null, what its code put into process.env. `env_file`: `file`. `user`: the account it runs as. `manager`: what an interpreter needs. */
  source: v.picklist(['manager', 'shell', 'user', 'env_file', 'config']),
  /** Absolute path, `standard input`, or `the given config` of a program; null where no file says it. */
  file: v.nullable(text),
  key: v.nullable(text),
  names: v.array(text),
});

/** Variables that came from one place. */
export type EnvLayer = Readonly<v.InferOutput<typeof envLayerSchema>>;
/** An app that comes first, and what it must have come to: `ready` for traffic, `started`, `healthy` (for min_uptime, with passing probes), or ended with code 0. */
const dependencySchema = v.strictObject({ app: appName, condition: v.picklist(['ready', 'started', 'healthy', 'exited-ok']) });

/** When log files are put aside, and how many of them are kept. Null is no limit. */
const rotationSchema = v.strictObject({
  maxBytes: v.nullable(atLeastOne),
  /** Put aside at the first line after each such period of the wall clock, too. */
  everyMs: v.nullable(v.pipe(v.number(), v.minValue(1))),
  /** Of each log file, beside the present one. */
  maxFiles: v.nullable(count),
  maxAgeMs: v.nullable(ms),
  compress: v.boolean(),
  /** All log files of the app together. */
  totalMaxBytes: v.nullable(atLeastOne),
});

/** How an app's log files are kept small. */
export type LogRotation = Readonly<v.InferOutput<typeof rotationSchema>>;

/** Whose changes restart an app. */
const watchSchema = v.strictObject({
  /** Switched off, the rest is kept for when it is switched on again. */
  isOn: v.boolean(),
  /** Files, folders and globs, absolute or relative to `cwd`; empty: all of `cwd`. */
  paths: v.array(v.pipe(text, v.minLength(1))),
  /** What is left out, besides what always is: globs, and the sources of regular expressions. */
  ignore: v.array(v.strictObject({ kind: v.picklist(['glob', 'regexp']), text: v.pipe(text, v.minLength(1)) })),
  /** Only files that end in a dot and one of these; null: all. */
  extensions: v.nullable(v.pipe(v.array(v.pipe(text, v.minLength(1))), v.minLength(1))),
  /** So long nothing more may change before it is restarted. */
  delayMs: ms,
  followsLinks: v.boolean(),
  /** Every file is looked at again after so long, where the system tells nothing (network disks); null: the system tells. */
  pollMs: v.nullable(v.pipe(v.number(), v.minValue(1))),
});

/** Whose changes restart an app. */
export type WatchSpec = Readonly<v.InferOutput<typeof watchSchema>>;

/** Runtime schema of an app spec. Only the CLI's config stage and the daemon load it; the host trusts what the daemon validated. */
export const appSpecSchema = v.strictObject({
  name: appName,
  namespace: v.pipe(text, v.minLength(1)),
  /** Absolute path of the program or script, or a bare name to be found in PATH when `interpreter` is `none`. */
  script: v.pipe(text, v.minLength(1)),
  args: v.array(text),
  /** Absolute. */
  cwd: v.pipe(text, v.startsWith('/')),
  /** `node` (the Node in the app's PATH), an absolute path or bare name of another interpreter, or `none` to execute the script itself. */
  interpreter: v.pipe(text, v.minLength(1)),
  interpreterArgs: v.array(text),
  mode: v.picklist(['fork', 'cluster']),
  instances: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** The environment exactly as the child gets it, before per-instance variables. */
  env: v.record(text, text),
  /** Where the variables of `env` come from, the weakest first. */
  envLayers: v.array(envLayerSchema),
  /** What is not inherited from who runs a command: everything, a name, or names with one of these in them. */
  filterEnv: v.union([v.boolean(), text, v.array(text)]),
  /** Who its instances run as; null: the user of the manager. */
  user: v.nullable(v.strictObject({ uid: count, gid: count })),
  /** Variable that carries the slot number (PM2: NODE_APP_INSTANCE). */
  instanceVar: text,
  /** Variable whose numeric value in `env` is raised by the slot number, or null. */
  incrementVar: v.nullable(text),
  sourceMapSupport: v.boolean(),
  /** Name of the host process that runs the supervisor. */
  host: v.pipe(text, v.minLength(1)),

  autostart: v.boolean(),
  dependsOn: v.array(dependencySchema),
  /** How long it waits for them before it is given up. */
  dependsTimeoutMs: ms,
  autorestart: v.boolean(),
  maxRestarts: count,
  minUptimeMs: ms,
  restartDelayMs: ms,
  restartWindowMs: ms,
  /** 0 switches the backoff off. */
  expBackoffMs: ms,
  expBackoffMaxMs: ms,
  stopExitCodes: v.array(v.number()),
  /** Second chance after `errored`; 0 switches it off. */
  erroredRetryMs: ms,
  /** Limit on the RSS of the instance's process tree; null for none. */
  maxMemoryBytes: v.nullable(v.pipe(v.number(), v.minValue(0))),

  /** When it is restarted or, where it does not restart by itself, started; null: never. A time zone of null is the machine's. */
  schedule: v.nullable(v.strictObject({ pattern: v.pipe(text, v.minLength(1)), timeZone: v.nullable(text) })),
  watch: watchSchema,

  stopSignal: v.picklist(STOP_SIGNALS),
  killTimeoutMs: ms,
  treekill: v.boolean(),
  shutdownWithMessage: v.boolean(),
  waitReady: v.boolean(),
  /** null: the default, which differs between a plain start and a rollout. */
  listenTimeoutMs: v.nullable(ms),
  /** What passing the listen timeout means in a rollout. */
  onListenTimeout: v.picklist(['fail', 'accept']),
  rolloutTimeoutMs: ms,
  /** How long the successors live beside the old instances, out of rotation, before they take over. */
  bakeTimeMs: ms,
  /** How many successors may exist beside the old instances: as many as are replaced at a time, or one for each. */
  surge: v.picklist(['one', 'all']),
  /** Whether it may get traffic; null: as soon as it is ready. */
  readiness: v.nullable(probeSchema),
  /** Whether it should be replaced. */
  liveness: v.nullable(probeSchema),
  /** An event loop that is blocked for longer ends the instance; null: never. */
  maxLoopBlockMs: v.nullable(v.pipe(v.number(), v.minValue(1))),
  drainIdleMs: ms,
  drainTimeoutMs: ms,
  queueLimit: count,
  queueTimeoutMs: ms,
  /** Cluster mode: which instance gets a connection. */
  balance: v.picklist(['round-robin', 'least-connections', 'ip-hash', 'kernel']),
  /** Cluster mode: so many of the instances are started and ready, and get traffic only in place of another one. */
  standby: count,

  /**
   * What the config file says and no other field holds as it was written, by its key there: PM2's list repeats it, and nothing acts on it. Of `env`
   * those that are no text.
   */
  echo: v.record(text, v.union([plain, v.record(text, v.union([text, plain]))])),

  /** Absolute path of the log file, before the instance's number is put in; null stores nothing. */
  outFile: v.nullable(text),
  errorFile: v.nullable(text),
  /** Both streams, besides. */
  combinedFile: v.nullable(text),
  /** Absolute path, before the instance's id is put in; null: none is written. */
  pidFile: v.nullable(text),
  mergeLogs: v.boolean(),
  /** A JSON object for each line, in PM2's shape. */
  logJson: v.boolean(),
  /** Tokens as in dayjs (YYYY-MM-DD HH:mm:ss.SSS Z), or null for no prefix. */
  logDateFormat: v.nullable(text),
  logRotation: rotationSchema,
});

/** An app as data. Created by `config/`, never changed in place. */
export type AppSpec = Readonly<v.InferOutput<typeof appSpecSchema>>;
export type ExecMode = AppSpec['mode'];
export type BalancePolicy = AppSpec['balance'];
