// The last row: what is asked, what was said, or which keys there are. Pure.
import type { Palette } from '../render/colour.ts';
import { count } from '../render/text.ts';
import { printable } from '../render/width.ts';
import type { Monitor, Notice, Question } from './monitor.ts';
import { clipStyled } from './styled.ts';

/** A question comes before all else, then a daemon that is gone, then what was said last. */
export function footerRow({ size, question, isConnected, notice, focus, isHelpShown }: Monitor, palette: Palette): string {
  const text =
    question !== null
      ? renderQuestion(question, palette)
      : !isConnected
        ? palette.red('The daemon does not answer; apps run on without it. Trying again every second ...')
        : notice !== null
          ? paintOf(notice, palette)(notice.text)
          : renderKeys(isHelpShown ? HELP_KEYS : focus === 'processes' ? LIST_KEYS : TEXT_KEYS, size.columns - 1, palette);
  return clipStyled(` ${text}`, size.columns);
}

/** What a command does to an app, in a word of its own. */
const VERBS = { restart: 'Restart', reload: 'Reload', stop: 'Stop' } as const;

const HELP_KEYS = [
  ['any key', 'back'],
  ['^C', 'quit'],
] as const;
const COMMAND_KEYS = [
  ['tab', 'pane'],
  ['r', 'restart'],
  ['l', 'reload'],
  ['s', 'stop'],
  ['?', 'help'],
  ['q', 'quit'],
] as const;
const LIST_KEYS = [['↑↓', 'select'], ...COMMAND_KEYS] as const;
const TEXT_KEYS = [['↑↓', 'scroll'], ...COMMAND_KEYS] as const;

/** As far apart as there is room for. */
function renderKeys(keys: readonly (readonly [string, string])[], columns: number, palette: Palette): string {
  const length = keys.reduce((sum, [key, does]) => sum + key.length + 1 + does.length, 0);
  const gap = Math.max(1, Math.min(3, Math.floor((columns - length) / (keys.length - 1))));
  return keys.map(([key, does]) => `${palette.bold(key)} ${palette.dim(does)}`).join(' '.repeat(gap));
}

function renderQuestion({ command, app, instances }: Question, palette: Palette): string {
  const answers = `${palette.bold('y')} ${palette.dim('yes')}   ${palette.bold('any other key')} ${palette.dim('no')}`;
  return `${palette.yellow(`${VERBS[command]} ${printable(app)} (${count(instances, 'instance')})?`)}   ${answers}`;
}

function paintOf({ tone }: Notice, palette: Palette): (text: string) => string {
  return { progress: palette.cyan, good: palette.green, bad: palette.red }[tone];
}
