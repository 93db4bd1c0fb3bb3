// Numbered patches that lift an older state file, or dump, to the present form. It reads and writes no file.

/** The version that this build writes. */
export const STATE_VERSION = 11;

type Loose = Readonly<Record<string, unknown>>;

/** Lifts a state by one version; `now` is epoch milliseconds. */
export type Patch = (state: Loose, now: number) => Record<string, unknown>;

/** `PATCHES[n]` lifts version n + 1 to n + 2; there is one fewer than there are versions. */
const PATCHES: readonly Patch[] = [
  ...[addReleases, addBalance, addSchedule, addOrigins, addOrder, addStandby, addLogs, addWatch],
  ...[addStopSignal, addEcho],
];

export type Lifted =
  | { readonly kind: 'state'; readonly state: Record<string, unknown> }
  | { readonly kind: 'problem'; readonly reason: string };

/** Applies every patch between the version of `value` and the present one. A version from the future is a problem, never a guess. */
export function liftState(value: unknown, now: number, patches: readonly Patch[] = PATCHES): Lifted {
  if (!isObject(value)) return { kind: 'problem', reason: 'it is not a JSON object' };
  let state: Record<string, unknown> = value;
  const version = state['version'];
  const newest = patches.length + 1;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return { kind: 'problem', reason: `its version ${JSON.stringify(version)} is unknown` };
  if (version > newest)
    return { kind: 'problem', reason: `it was written by a newer Holdfast (version ${version}, this one knows ${newest})` };
  for (const [index, patch] of patches.slice(version - 1).entries()) state = { ...patch(state, now), version: version + index + 1 };
  return { kind: 'state', state };
}

/** Version 1 knew neither releases nor how an app is rolled out: what it has becomes release 1, with the defaults. The schema judges the rest. */
function addReleases(state: Loose, now: number): Record<string, unknown> {
  return withApps(state, (app) => addRelease(app, now));
}

function addRelease(app: Loose, now: number): Loose {
  const { spec } = app;
  if (!isObject(spec)) return app;
  const release = { number: 1, createdAt: now, healthy: false, cwd: spec['cwd'], script: spec['script'] };
  return { ...app, spec: addRolloutSettings(spec), release, earlier: [], lastRelease: 1, rolloutAt: null };
}

function addRolloutSettings(spec: Loose): Loose {
  const { listenTimeoutMs } = spec;
  return {
    ...spec,
    // 3000 was the default, which only a plain start has now.
    listenTimeoutMs: listenTimeoutMs === 3000 ? null : listenTimeoutMs,
    onListenTimeout: 'fail',
    rolloutTimeoutMs: 600_000,
    bakeTimeMs: 0,
    surge: 'one',
    readiness: null,
    liveness: null,
    maxLoopBlockMs: null,
  };
}

/** Version 2 knew one way of balancing. */
function addBalance(state: Loose): Record<string, unknown> {
  return withSpecs(state, { balance: 'round-robin' });
}

/** Version 3 knew no schedules. */
function addSchedule(state: Loose): Record<string, unknown> {
  return withSpecs(state, { schedule: null });
}

/** Version 4 did not know where a variable came from, and every app ran as the manager. What no layer names counts as inherited. */
function addOrigins(state: Loose): Record<string, unknown> {
  return withSpecs(state, { envLayers: [], filterEnv: false, user: null, pidFile: null });
}

/** Version 5 knew no order: nothing depends on anything, and nothing waits. */
function addOrder(state: Loose): Record<string, unknown> {
  return withApps(withSpecs(state, { dependsOn: [], dependsTimeoutMs: 600_000 }), (app) => ({ waiting: null, ...app }));
}

/** Version 6 knew nobody who stands by. */
function addStandby(state: Loose): Record<string, unknown> {
  return withSpecs(state, { standby: 0 });
}

/** Version 7 put no log file aside, and had neither JSON nor a combined file. */
function addLogs(state: Loose): Record<string, unknown> {
  const logRotation = { maxBytes: 50 * 2 ** 20, everyMs: null, maxFiles: 5, maxAgeMs: null, compress: true, totalMaxBytes: 2 ** 30 };
  return withSpecs(state, { combinedFile: null, logJson: false, logRotation });
}

/** Version 8 watched no files. */
function addWatch(state: Loose): Record<string, unknown> {
  const watch = { isOn: false, paths: [], ignore: [], extensions: null, delayMs: 200, followsLinks: false, pollMs: null };
  return withApps(withSpecs(state, { watch }), (app) => ({ watchPause: null, ...app }));
}

/** Version 9 knew one signal. */
function addStopSignal(state: Loose): Record<string, unknown> {
  return withSpecs(state, { stopSignal: 'SIGINT' });
}

/** Version 10 kept nothing for its own sake. */
function addEcho(state: Loose): Record<string, unknown> {
  return withSpecs(state, { echo: {} });
}

/** Gives every spec what it lacks. Releases of earlier deploys hold a spec each, for `rollback`. */
function withSpecs(state: Loose, defaults: Loose): Record<string, unknown> {
  const complete = (holder: unknown): unknown =>
    isObject(holder) && isObject(holder['spec']) ? { ...holder, spec: { ...defaults, ...holder['spec'] } } : holder;
  return withApps(state, (app) => {
    const { earlier } = app;
    return { ...(complete(app) as Loose), ...(Array.isArray(earlier) ? { earlier: earlier.map(complete) } : {}) };
  });
}

/** What is no list, or no app, stays for the schema to judge. */
function withApps(state: Loose, lift: (app: Loose) => Loose): Record<string, unknown> {
  const { apps } = state;
  return { ...state, apps: Array.isArray(apps) ? apps.map((app: unknown) => (isObject(app) ? lift(app) : app)) : apps };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
