// The compatibility page is the table of PM2's surface, and the table is true: each test that it names is there, and it knows what the code knows. UPDATE_DOCS=1 rewrites the page.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTE_LINES } from './compat/attributes.ts';
import { API, API_MANNER, BUS } from './compat/api.ts';
import { CONFIG, GRAMMAR, LIFE } from './compat/behaviour.ts';
import { COMMANDS } from './compat/commands.ts';
import { FILES, VARIABLES } from './compat/environment.ts';
import { JLIST } from './compat/jlist.ts';
import type { SurfaceLine, SurfaceSection, Verdict } from './compat/line.ts';
import { OPTIONS } from './compat/options.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const PAGE = path.join(ROOT, 'docs/reference/compatibility.md');
const SECTIONS = [COMMANDS, OPTIONS, GRAMMAR, ATTRIBUTE_LINES, CONFIG, LIFE, VARIABLES, FILES, API, API_MANNER, BUS, JLIST];
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
