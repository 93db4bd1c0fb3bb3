// PM2's attributes that are taken without a word and have nothing to do here: what each was for, and why there is nothing to do. It reads none.

/** A known attribute of PM2 that has no effect here, and will have none. */
export interface IdleAttribute {
  /** A sentence for the reference page, and for who asks for what there is not. */
  readonly why: string;
  /** Whether a value asks for something that then does not happen. */
  readonly isMissed: (value: unknown) => boolean;
}

/** Whether a value asks for nothing. */
const isOff = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === 'false' ||
  value === 0 ||
  value === '' ||
  (Array.isArray(value) && value.length === 0);
const settled = (why: string): IdleAttribute => ({ why, isMissed: () => false });
const missed = (why: string): IdleAttribute => ({ why, isMissed: (value) => !isOff(value) });

/** In the order of the reference page. */
export const IDLE_ATTRIBUTES: Readonly<Record<string, IdleAttribute>> = {
  force: settled(
    'A config file is brought about as it stands: apps that are there are restarted or reloaded, and doubles have names of their own.',
  ),
  kill_retry_time: settled('An exit is known at once; nothing is polled.'),
  pmx: settled('Nothing of ours changes the behaviour of an app; what an app loads itself (`@pm2/io`) works.'),
  automation: settled('As `pmx`.'),
  vizion: settled('The Git metadata of an app is not read; PM2 does so with PM2_ENABLE_GIT_PARSING only.'),
  windowsHide: settled('There are no windows here.'),
  disable_trace: settled('There is no tracing that could be switched off.'),
  install_url: settled('PM2 keeps it for itself.'),
  username: settled('PM2 keeps it for itself.'),
  write: settled('PM2 keeps it for itself.'),
  post_update: missed('There is no `pull` that would run these commands.'),
  trace: missed('There is no tracing; load OpenTelemetry in the app, or with node_args: "--import FILE".'),
  deep_monitoring: missed('There is no tracing; load OpenTelemetry in the app, or with node_args: "--import FILE".'),
  v8: missed('Metrics of V8 come from what the app loads (`@pm2/io`).'),
  event_loop_inspector: missed('PM2 needs a package for it that is no longer kept; see max_loop_block.'),
};
