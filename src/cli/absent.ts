// Commands of PM2 that are not here: one clear sentence each. They stand in no help page.
import { HoldfastError } from '../model/errors.ts';

const CLOUD = "it belongs to the paid service of PM2's makers, which Holdfast does not talk to";
const LATER = 'it is not there yet';

/** A command that is not here: why, and what to use instead. */
interface Absent {
  readonly words: readonly string[];
  readonly why: string;
  readonly instead: string;
}

const ABSENT: readonly Absent[] = [
  {
    words: ['link', 'unlink', 'plus', 'register', 'login', 'logout', 'open', 'monitor', 'unmonitor'],
    why: CLOUD,
    instead: 'holdfast ls --json, or holdfast logs --json',
  },
  { words: ['deploy'], why: LATER, instead: 'holdfast reload ecosystem.config.js, after the new code is there' },
  {
    words: [
      'install',
      'module:install',
      'uninstall',
      'module:uninstall',
      'module:update',
      'module:generate',
      'package',
      'publish',
      'module:publish',
    ],
    why: `modules are not there yet; what pm2-logrotate does is built in`,
    instead: 'holdfast start NODE_MODULE/index.js for a module that is an app',
  },
  {
    words: ['pull', 'forward', 'backward'],
    why: 'fetching code is not the business of a process manager',
    instead: 'git pull && holdfast reload api; holdfast rollback api',
  },
  { words: ['autoinstall'], why: 'it is without effect in PM2, too', instead: 'holdfast startup, to have the apps back after a reboot' },
];

/** Every word of PM2 that is no command here. */
export const ABSENT_WORDS: readonly string[] = ABSENT.flatMap(({ words }) => words);

const ABSENT_OPTIONS: readonly Absent[] = [
  {
    // Others that are missed are warned of. This one asks for a wall around the app.
    words: ['--container', '--dist'],
    why: "PM2's Docker mode is not there",
    instead: 'holdfast run in the container, as its first process',
  },
];

/** What is said of an option of PM2 that is none here, as the end of a sentence, and what to use; null for any other. */
export function absentOption(typed: string): { readonly why: string; readonly instead: string } | null {
  return ABSENT_OPTIONS.find(({ words }) => words.includes(typed)) ?? null;
}

/** What is said of a word of PM2 that is no command here; null for any other word. */
export function absence(word: string): HoldfastError | null {
  const absent = ABSENT.find(({ words }) => words.includes(word));
  return absent === undefined ? null : new HoldfastError('USAGE', `Cannot run holdfast ${word}: ${absent.why}.`, { hint: absent.instead });
}
