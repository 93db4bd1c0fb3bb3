// What an app is, with every default filled: the form that crosses the API, is stored, and reaches the supervisor.
import * as v from 'valibot';

const ms = v.pipe(v.number(), v.finite(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.string();
const appName = v.pipe(text, v.minLength(1), v.maxLength(200));

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
  /** Variable that carries the slot number (PM2: NODE_APP_INSTANCE). */
  instanceVar: text,
  /** Variable whose numeric value in `env` is raised by the slot number, or null. */
  incrementVar: v.nullable(text),
  sourceMapSupport: v.boolean(),
  /** Name of the host process that runs the supervisor. */
  host: v.pipe(text, v.minLength(1)),

  autostart: v.boolean(),
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

  killTimeoutMs: ms,
  treekill: v.boolean(),
  shutdownWithMessage: v.boolean(),
  waitReady: v.boolean(),
  /** null: the default, which differs between a plain start and a rollout. */
  listenTimeoutMs: v.nullable(ms),
  drainIdleMs: ms,
  drainTimeoutMs: ms,
  queueLimit: count,
  queueTimeoutMs: ms,

  /** Absolute path of the log file, before the instance's number is put in; null stores nothing. */
  outFile: v.nullable(text),
  errorFile: v.nullable(text),
  mergeLogs: v.boolean(),
  /** Tokens as in dayjs (YYYY-MM-DD HH:mm:ss.SSS Z), or null for no prefix. */
  logDateFormat: v.nullable(text),
});

/** An app as data. Created by `config/`, never changed in place. */
export type AppSpec = Readonly<v.InferOutput<typeof appSpecSchema>>;
export type ExecMode = AppSpec['mode'];
