// PM2's attributes that have no effect here yet: what is said of each. It reads none.

/** A known attribute of PM2 without effect here, yet. */
export interface LaterAttribute {
  readonly aliases: readonly string[];
  /** Whether a value changes nothing, so that nothing needs to be said. */
  readonly isHarmless: (value: unknown) => boolean;
  /** Why an app that asks for it is not started, where ignoring it would do harm; null where it is ignored with a warning. */
  readonly refusal: string | null;
}

const later = (isHarmless: LaterAttribute['isHarmless'], ...aliases: string[]): LaterAttribute => ({ aliases, isHarmless, refusal: null });
const isOff = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === 'false' ||
  value === 0 ||
  value === '' ||
  (Array.isArray(value) && value.length === 0);
const refused = (refusal: string, ...aliases: string[]): LaterAttribute => ({
  aliases,
  // 0 is root.
  isHarmless: (value) => isOff(value) && value !== 0,
  refusal,
});
const always = (): boolean => true;

/** PM2's attributes that are not supported yet: known names, said to be ignored, silently where ignoring them changes nothing, or refused where it would do harm. */
export const LATER_ATTRIBUTES: Readonly<Record<string, LaterAttribute>> = {
  watch: later((value) => isOff(value) && !Array.isArray(value)),
  ignore_watch: later(always),
  watch_delay: later(always),
  watch_options: later(always),
  log_file: later(isOff, 'log'),
  log_type: later(isOff),
  disable_logs: later(isOff),
  pid_file: later(isOff, 'pid'),
  filter_env: later(isOff),
  append_env_to_name: later(isOff),
  name_prefix: later(isOff),
  uid: refused('it would run as the user who starts Holdfast', 'user'),
  gid: refused('it would run in the group of the user who starts Holdfast'),
  kill_retry_time: later(always),
  force: later(always),
  execute_command: later(isOff),
  post_update: later(isOff),
  vizion: later(always),
  pmx: later(always),
  automation: later(always),
  windowsHide: later(always),
  io: later(isOff),
  trace: later(isOff),
  disable_trace: later(always),
  deep_monitoring: later(isOff),
  v8: later(isOff),
  event_loop_inspector: later(isOff),
  install_url: later(always),
  username: later(always),
  write: later(always),
};
