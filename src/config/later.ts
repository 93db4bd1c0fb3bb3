// PM2's attributes that have no effect here yet: what is said of each. It reads none.

/** A known attribute of PM2 without effect here, yet. */
export interface LaterAttribute {
  readonly aliases: readonly string[];
  /** Whether a value changes nothing, so that nothing needs to be said. */
  readonly isHarmless: (value: unknown) => boolean;
}

const later = (isHarmless: LaterAttribute['isHarmless'], ...aliases: string[]): LaterAttribute => ({ aliases, isHarmless });
/** Whether a value asks for nothing. */
export const isOff = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === 'false' ||
  value === 0 ||
  value === '' ||
  (Array.isArray(value) && value.length === 0);
const always = (): boolean => true;

/** PM2's attributes that are not supported yet: known names, said to be ignored, silently where ignoring them changes nothing. */
export const LATER_ATTRIBUTES: Readonly<Record<string, LaterAttribute>> = {
  watch: later((value) => isOff(value) && !Array.isArray(value)),
  ignore_watch: later(always),
  watch_delay: later(always),
  watch_options: later(always),
};
