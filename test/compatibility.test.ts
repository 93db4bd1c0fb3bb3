// The compatibility page is the table of PM2's surface, and the table is true: each test that it names is there, and it knows what the code knows. UPDATE_DOCS=1 rewrites the page.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ABSENT_WORDS } from '../src/cli/absent.ts';
import { GLOBAL_OPTIONS } from '../src/cli/command.ts';
import { loadAll } from '../src/cli/parse.ts';
import { createPm2 } from '../src/compat/api.ts';
import { REMOTE_CALLS } from '../src/compat/api-remote.ts';
import { ATTRIBUTES, attributeNames } from '../src/config/schema.ts';
import { IDLE_ATTRIBUTES } from '../src/config/without-effect.ts';
import { ATTRIBUTE_LINES } from './compat/attributes.ts';
import { API, API_MANNER, BUS } from './compat/api.ts';
import { CONFIG, GRAMMAR, LIFE } from './compat/behaviour.ts';
import { COMMANDS, OUR_COMMANDS } from './compat/commands.ts';
import { FILES, VARIABLES } from './compat/environment.ts';
import { JLIST } from './compat/jlist.ts';
import type { SurfaceLine, SurfaceSection, Verdict } from './compat/line.ts';
import { OPTIONS, OUR_OPTIONS } from './compat/options.ts';
import { WIRE } from './compat/wire.ts';
import { allCommands } from './run-cli.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const PAGE = path.join(ROOT, 'docs/reference/compatibility.md');
const SECTIONS = [COMMANDS, OPTIONS, GRAMMAR, ATTRIBUTE_LINES, CONFIG, LIFE, VARIABLES, FILES, API, API_MANNER, WIRE, BUS, JLIST];
const VERDICTS: Readonly<Record<Verdict, string>> = {
  same: 'same',
  better: 'better',
  different: 'different on purpose',
  absent: 'absent',
};

describe('each line of the table', () => {
  it('names a test that is there', () => {
    const titles = new Map<string, ReadonlySet<string>>();
    const missing = SECTIONS.flatMap(({ lines }) => lines)
      .flatMap(({ what, shown }) => (shown === null ? [] : [{ what, ...shown }]))
      .filter(({ file, title }) => {
        if (!titles.has(file)) titles.set(file, titlesIn(file));
        return !titles.get(file)!.has(title);
      });
    expect(missing).toEqual([]);
  });

  it('says what is otherwise, unless nothing is', () => {
    const silent = SECTIONS.flatMap(({ lines }) => lines).filter(({ verdict, note }) => (note === '') !== (verdict === 'same'));
    expect(silent.map(({ what }) => what)).toEqual([]);
  });

  it.each(SECTIONS.filter(({ named }) => named))('of $title has names that no other line has', ({ lines }) => {
    const names = lines.flatMap(({ what }) => what.split(' '));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe('the table and the code', () => {
  const namesIn = ({ lines }: SurfaceSection, isHere: boolean): string[] =>
    lines.filter(({ verdict }) => (verdict !== 'absent') === isHere).flatMap(({ what }) => what.split(' '));
  const without = (names: readonly string[], others: readonly string[]): string[] =>
    [...new Set(names)].filter((name) => !others.includes(name)).sort();

  it('know the same commands, and the same that are not here', () => {
    const words = allCommands().flatMap((entry) => entry.words);
    expect(without(words, [...namesIn(COMMANDS, true), ...OUR_COMMANDS])).toEqual([]);
    expect(without(namesIn(COMMANDS, true), words)).toEqual([]);
    expect(without(namesIn(COMMANDS, false), ABSENT_WORDS)).toEqual([]);
    expect(without(ABSENT_WORDS, namesIn(COMMANDS, false))).toEqual([]);
  });

  it('know the same options', async () => {
    const options = [...GLOBAL_OPTIONS, ...(await loadAll(allCommands())).flatMap((command) => command.options)];
    const words = options.flatMap(({ name, aliases, short }) => [
      ...[name, ...aliases].map((one) => `--${one}`),
      ...(short === null ? [] : [`-${short}`]),
    ]);
    expect(without(words, [...namesIn(OPTIONS, true), ...OUR_OPTIONS])).toEqual([]);
    expect(without(namesIn(OPTIONS, true), words)).toEqual([]);
  });

  it('know the same calls on rpc.sock', () => {
    // One that is absent is answered all the same, with what to use in its place.
    expect([...namesIn(WIRE, true), ...namesIn(WIRE, false)].sort()).toEqual([...REMOTE_CALLS].sort());
  });

  it('know the same attributes', () => {
    const theirs = attributeNames().filter((name) => ATTRIBUTES[name].origin === 'pm2');
    const spellings = theirs.flatMap((name): string[] => [name, ...ATTRIBUTES[name].aliases]);
    const idle = Object.keys(IDLE_ATTRIBUTES);
    expect(without(spellings, namesIn(ATTRIBUTE_LINES, true))).toEqual([]);
    expect(without(namesIn(ATTRIBUTE_LINES, true), [...spellings, ...idle])).toEqual([]);
    expect(without(idle, [...namesIn(ATTRIBUTE_LINES, true), ...namesIn(ATTRIBUTE_LINES, false)])).toEqual([]);
  });

  it('know the same methods of the programmatic API', () => {
    const methods = Object.keys(createPm2(() => ({ cwd: '/' }) as never));
    // A method that is not here may be one that says so.
    expect(without(methods, [...namesIn(API, true), ...namesIn(API, false)])).toEqual([]);
    const roots = namesIn(API, true).map((name) => name.replace(/\..*/, ''));
    expect(without(roots, methods)).toEqual([]);
  });
});

it('docs/reference/compatibility.md is the table', () => {
  const text = printPage();
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, text);
  expect(readFileSync(PAGE, 'utf8')).toBe(text);
});

/** Of its tests, and of their groups; as they are written, placeholders included. */
function titlesIn(file: string): ReadonlySet<string> {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const calls = text.matchAll(/(?:\b(?:it|describe)|\))\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`([^`]*)`),/g);
  return new Set(Array.from(calls, ([, single, double, template]) => (single ?? double ?? template ?? '').replaceAll(/\\(.)/g, '$1')));
}

function printPage(): string {
  const lines = SECTIONS.flatMap((section) => section.lines);
  const counts = Object.entries(VERDICTS).map(([verdict, words]) => `${lines.filter((line) => line.verdict === verdict).length} ${words}`);
  return [
    '# Compatibility with PM2',
    '',
    '<!-- Printed by test/compatibility.test.ts from the tables in test/compat. UPDATE_DOCS=1 npm run test:unit rewrites it. -->',
    '',
    'What PM2 7 has, line by line, how it is here, and the test that shows it. What PM2 calls obsolete, and what does not work there, is left out unless somebody may type it.',
    '',
    `${counts.join(', ')}.`,
    '',
    ...SECTIONS.flatMap(printSection),
  ].join('\n');
}

function printSection({ title, named, lines }: SurfaceSection): string[] {
  return [
    `## ${title}`,
    '',
    '| PM2 | here | what is otherwise | shown by |',
    '|---|---|---|---|',
    ...lines.map((line) => printLine(line, named)),
    '',
  ];
}

function printLine({ what, verdict, note, shown }: SurfaceLine, named: boolean): string {
  const words = named
    ? what
        .split(' ')
        .map((name) => `\`${name}\``)
        .join(' ')
    : what;
  const proof = shown === null ? '' : `\`${shown.file}\`: ${shown.title}`;
  return `| ${[words, VERDICTS[verdict], note, proof].map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('<', '&lt;')).join(' | ')} |`;
}
