// The app spec that tests start from: every default of the design, in one place. What a test is about it says itself.
import type { AppSpec } from '../src/model/app-spec.ts';
import type { Release } from '../src/model/release.ts';

/** An app spec with the defaults of the design. */
export function specOf(fields: Partial<AppSpec> = {}): AppSpec {
  return {
    name: 'api',
    namespace: 'default',
    script: '/srv/app.js',
    args: [],
    cwd: '/srv',
    interpreter: '/usr/bin/node',
    interpreterArgs: [],
    mode: 'cluster',
    instances: 2,
    env: {},
    envLayers: [],
    filterEnv: false,
    user: null,
    instanceVar: 'NODE_APP_INSTANCE',
    incrementVar: null,
    sourceMapSupport: false,
    host: 'api',
    autostart: true,
    dependsOn: [],
    dependsTimeoutMs: 600_000,
    autorestart: true,
    maxRestarts: 16,
    minUptimeMs: 1000,
    restartDelayMs: 0,
    restartWindowMs: 60_000,
    expBackoffMs: 0,
    expBackoffMaxMs: 15_000,
    stopExitCodes: [],
    erroredRetryMs: 0,
    standby: 0,
    maxMemoryBytes: null,
    schedule: null,
    watch: { isOn: false, paths: [], ignore: [], extensions: null, delayMs: 200, followsLinks: false, pollMs: null },
    stopSignal: 'SIGINT',
    killTimeoutMs: 1600,
    treekill: true,
    shutdownWithMessage: false,
    waitReady: false,
    listenTimeoutMs: null,
    onListenTimeout: 'fail',
    rolloutTimeoutMs: 600_000,
    bakeTimeMs: 0,
    surge: 'one',
    readiness: null,
    liveness: null,
    maxLoopBlockMs: null,
    drainIdleMs: 1000,
    drainTimeoutMs: 10_000,
    queueLimit: 1024,
    queueTimeoutMs: 30_000,
    balance: 'round-robin',
    outFile: null,
    errorFile: null,
    combinedFile: null,
    logJson: false,
    pidFile: null,
    mergeLogs: false,
    logDateFormat: null,
    logRotation: { maxBytes: null, everyMs: null, maxFiles: null, maxAgeMs: null, compress: false, totalMaxBytes: null },
    ...fields,
  };
}

/** A release of that spec, without symlinks. */
export function releaseOf(spec: AppSpec, number = 1): Release {
  return { number, spec, cwd: spec.cwd, script: spec.script };
}
