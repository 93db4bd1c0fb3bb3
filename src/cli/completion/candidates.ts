// What may stand where the cursor is, by the table of commands and the names of the apps. Pure.
import { GLOBAL_OPTIONS } from '../command.ts';
import type { Command, Option } from '../command.ts';

/** A word that may stand there, and what it does; empty where nothing is to be said. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** What the words of a command may be besides fixed ones. */
export interface Known {
  readonly apps: readonly { readonly name: string; readonly namespace: string }[];
  readonly commands: readonly Candidate[];
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT', 'SIGSTOP', 'SIGCONT', 'SIGWINCH'];
const SHELLS = ['bash', 'zsh', 'fish'];

/** Where the first word of our own is: the command. `typed` begins with the name of the program and ends with the word at the cursor. */
export function commandWord(typed: readonly string[]): string | null {
  return typed.slice(1, -1).find((word) => !word.startsWith('-')) ?? null;
}

/** The words for the cursor, those that begin with what is there. `command` is null before one was typed. */
export function candidatesFor(typed: readonly string[], command: Command | null, known: Known): readonly Candidate[] {
  const current = typed.at(-1) ?? '';
  const before = typed.slice(1, -1);
  // What follows -- belongs to the script, or is a word that only begins with a dash.
  if (before.includes('--')) return [];
  const options = [...GLOBAL_OPTIONS, ...(command?.options ?? [])];
  if (current.startsWith('-')) return startingWith(current, options.map(asCandidate));
  if (command === null) return startingWith(current, known.commands);
  if (takesNext(before.at(-1) ?? '', options)) return [];
  return startingWith(current, wordsAt(command, countWords(before, options) - 1, known));
}

/** The value of an option is at the cursor. */
function takesNext(word: string, options: readonly Option[]): boolean {
  const option = options.find(({ name, aliases, short }) => [`--${name}`, ...aliases.map((one) => `--${one}`), `-${short}`].includes(word));
  return option?.takes === 'value' || option?.takes === 'values';
}

function countWords(before: readonly string[], options: readonly Option[]): number {
  return before.filter((word, index) => !word.startsWith('-') && !takesNext(before[index - 1] ?? '', options)).length;
}

/** By what the usage calls the word at that place: `<signal> <target...>`. */
function wordsAt({ args: { usage } }: Command, position: number, known: Known): readonly Candidate[] {
  const places = usage.split(' ').filter(Boolean);
  const place = places[position] ?? (places.at(-1)?.includes('...') === true ? places.at(-1)! : '');
  return place
    .replaceAll(/[[\]<>.]/g, '')
    .split('|')
    .flatMap((kind) => wordsOf(kind, known));
}

function wordsOf(kind: string, { apps, commands }: Known): readonly Candidate[] {
  const names = apps.map(({ name }) => ({ word: name, about: 'app' }));
  switch (kind) {
    case 'target': {
      const namespaces = [...new Set(apps.map(({ namespace }) => namespace))].filter((one) => one !== 'default');
      return [
        ...names,
        ...namespaces.map((word) => ({ word, about: 'namespace' })),
        ...(apps.length > 1 ? [{ word: 'all', about: 'every app' }] : []),
      ];
    }
    case 'name':
      return names;
    case 'command':
      return commands;
    case 'signal':
      return plain(SIGNALS);
    case 'shell':
      return plain(SHELLS);
    case 'install':
    case 'uninstall':
    case 'simple':
    case 'systemd':
      return plain([kind]);
    default:
      return []; // files, keys, numbers: what the shell offers by itself
  }
}

function asCandidate({ name, help }: Option): Candidate {
  return { word: `--${name}`, about: help };
}

function plain(words: readonly string[]): readonly Candidate[] {
  return words.map((word) => ({ word, about: '' }));
}

/** Each word once, without what could not be one line. */
function startingWith(current: string, candidates: readonly Candidate[]): readonly Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ word }) => {
    const isNew = !seen.has(word);
    seen.add(word);
    return isNew && word.startsWith(current) && !/\p{Cc}/u.test(word);
  });
}
