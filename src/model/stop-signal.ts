// The signals by which an app may be asked to end. Which one an app gets is in its spec.

/** Those that a program ends on, by itself or by what it does when it hears them (signal(7)); what only halts a process for a while is none. */
export const STOP_SIGNALS = [
  ...(['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const),
  ...(['SIGKILL', 'SIGABRT', 'SIGWINCH', 'SIGPWR'] as const),
] as const;

/** One of them. */
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** What an app gets that says nothing, as in PM2. */
export const USUAL_STOP_SIGNAL: StopSignal = 'SIGINT';
