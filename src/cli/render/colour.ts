// Colours as SGR sequences (ECMA-48), and the decision whether to use them.

type Paint = (text: string) => string;

/** Paints a text, or leaves it as it is. */
export interface Palette {
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
  readonly magenta: Paint;
  readonly blue: Paint;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly marked: Paint;
}

const sgr =
  (open: number, close: number): Paint =>
  (text) =>
    `\u001b[${open}m${text}\u001b[${close}m`;
const asIs: Paint = (text) => text;

const COLOURED: Palette = {
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  cyan: sgr(36, 39),
  magenta: sgr(35, 39),
  blue: sgr(34, 39),
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  marked: sgr(7, 27),
};
const PLAIN: Palette = { red: asIs, green: asIs, yellow: asIs, cyan: asIs, magenta: asIs, blue: asIs, bold: asIs, dim: asIs, marked: asIs };

/** A palette that paints, or one that does not. */
export function createPalette(on: boolean): Palette {
  return on ? COLOURED : PLAIN;
}

/** What the decision depends on. */
export interface ColourRequest {
  /** --no-color was given. */
  readonly refused: boolean;
  readonly isTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** --no-color, then FORCE_COLOR (`0` and `false` mean no), then NO_COLOR (no-color.org: any value but the empty one), then whether it is a terminal that can. */
export function wantsColour({ refused, isTTY, env }: ColourRequest): boolean {
  if (refused) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return isTTY && env['TERM'] !== 'dumb';
}

/** Whether it paints: then colours of others may be shown too. */
export function isPainting(palette: Palette): boolean {
  return palette.bold(' ') !== ' ';
}
