// The width of any text on a terminal: wide characters take two columns, joined ones those of the whole.
import stringWidth from 'fast-string-width';
import { isSimple } from './width.ts';

/** Columns of the terminal. */
export function widthOf(text: string): number {
  return isSimple(text) ? text.length : stringWidth(text);
}
