// Which key does what, by what is in front. Pure.

/** What the monitor can have done to an app. */
export type AppCommand = 'restart' | 'reload' | 'stop';

/** What is in front of the panes: a page of help, or a question that is to be answered first. */
export type Mode = 'panes' | 'help' | 'question';

/** `move` is the selection in the list and the text in any other pane: by a row, by what is visible, or all the way. */
export type Action =
  | { readonly kind: 'leave' | 'suspend' | 'help' | 'dismiss' | 'confirm' }
  | { readonly kind: 'move'; readonly by: 'row' | 'page' | 'all'; readonly way: 1 | -1 }
  | { readonly kind: 'focus'; readonly way: 1 | -1 }
  | { readonly kind: 'ask'; readonly command: AppCommand };

/** In every mode. */
const ALWAYS: Readonly<Record<string, Action>> = { 'ctrl-c': { kind: 'leave' }, 'ctrl-z': { kind: 'suspend' } };

const UP: Action = { kind: 'move', by: 'row', way: -1 };
const DOWN: Action = { kind: 'move', by: 'row', way: 1 };
const PAGE_UP: Action = { kind: 'move', by: 'page', way: -1 };
const PAGE_DOWN: Action = { kind: 'move', by: 'page', way: 1 };
const TO_START: Action = { kind: 'move', by: 'all', way: -1 };
const TO_END: Action = { kind: 'move', by: 'all', way: 1 };
const NEXT: Action = { kind: 'focus', way: 1 };
const PREVIOUS: Action = { kind: 'focus', way: -1 };

const PANES: Readonly<Record<string, Action>> = {
  q: { kind: 'leave' },
  escape: { kind: 'leave' },
  '?': { kind: 'help' },
  up: UP,
  k: UP,
  down: DOWN,
  j: DOWN,
  'page-up': PAGE_UP,
  'ctrl-u': PAGE_UP,
  'page-down': PAGE_DOWN,
  'ctrl-d': PAGE_DOWN,
  home: TO_START,
  g: TO_START,
  end: TO_END,
  G: TO_END,
  tab: NEXT,
  right: NEXT,
  'back-tab': PREVIOUS,
  left: PREVIOUS,
  r: { kind: 'ask', command: 'restart' },
  l: { kind: 'ask', command: 'reload' },
  s: { kind: 'ask', command: 'stop' },
};

/** Null for a key that means nothing. A question takes every key but `y` for a no. */
export function actionOf(key: string, mode: Mode): Action | null {
  const always = ALWAYS[key];
  if (always !== undefined) return always;
  switch (mode) {
    case 'panes':
      return PANES[key] ?? null;
    case 'help':
      return { kind: 'dismiss' };
    case 'question':
      return { kind: key === 'y' ? 'confirm' : 'dismiss' };
    default:
      return mode satisfies never;
  }
}
