// All that the monitor knows and shows, as data. What changes it is in step.ts, what it looks like in picture.ts.
import type { AlertView, AppView, LogEntry } from '../../model/view.ts';
import type { AppCommand, Mode } from './actions.ts';
import type { Pane, Size } from './layout.ts';
import { keyOf } from './row.ts';
import type { Row } from './row.ts';
import { NO_USAGE } from './usage.ts';
import type { UsageHistory } from './usage.ts';

/** The log of the selected app. `back` is how many rows are below what is shown; 0 follows what comes. */
export interface LogView {
  readonly app: string | null;
  readonly lines: readonly LogEntry[];
  readonly back: number;
}

/** What is asked before it is done. */
export interface Question {
  readonly command: AppCommand;
  readonly app: string;
  readonly instances: number;
}

/** What is said in the last row. */
export interface Notice {
  readonly text: string;
  readonly tone: 'progress' | 'good' | 'bad';
}

/** See the first line of this file. */
export interface Monitor {
  readonly size: Size;
  /** Whether the daemon answers. */
  readonly isConnected: boolean;
  /** In the order of `ls`. */
  readonly rows: readonly Row[];
  readonly alerts: readonly AlertView[];
  readonly usage: UsageHistory;
  /** Which row, and where it was: when it is gone the next one is there. Null with an empty list. */
  readonly selected: { readonly key: string; readonly index: number } | null;
  /** The selected app with its spec and what its instances tell of themselves; null until that is known. */
  readonly subject: AppView | null;
  readonly log: LogView;
  readonly focus: Pane;
  /** How many rows are above what is shown. */
  readonly above: Readonly<Record<'metrics' | 'about', number>>;
  readonly isHelpShown: boolean;
  readonly question: Question | null;
  readonly notice: Notice | null;
}

/** Before anything is known but the list. */
export function createMonitor(size: Size): Monitor {
  return {
    size,
    isConnected: true,
    rows: [],
    alerts: [],
    usage: NO_USAGE,
    selected: null,
    subject: null,
    log: { app: null, lines: [], back: 0 },
    focus: 'processes',
    above: { metrics: 0, about: 0 },
    isHelpShown: false,
    question: null,
    notice: null,
  };
}

/** The selected row; undefined with an empty list. */
export function selectedRow(monitor: Monitor): Row | undefined {
  return monitor.rows[selectedIndex(monitor)];
}

/** Where it is in the list; -1 with an empty list. */
export function selectedIndex({ rows, selected }: Monitor): number {
  return rows.findIndex((row) => keyOf(row) === selected?.key);
}

/** What is in front. */
export function modeOf({ question, isHelpShown }: Monitor): Mode {
  if (question !== null) return 'question';
  return isHelpShown ? 'help' : 'panes';
}
