// `create`: writes an example app into a new folder. On a terminal it asks for what was not typed.
import fs from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { EXAMPLE_APPS, filesOf } from '../example-apps.ts';
import type { ExampleApp } from '../example-apps.ts';

/** Asks, and resolves to the answer; null where nobody gives one. */
type Ask = (question: string) => Promise<string | null>;

const WORDS = EXAMPLE_APPS.map(({ word }) => word);

/** See the first line of this file. */
export const create: Command = {
  name: 'create',
  aliases: [],
  summary: 'write an example app into a new folder',
  args: { usage: '[example] [folder]', min: 0, max: 2 },
  options: [],
  examples: [
    { line: 'holdfast create', does: 'asks which example, and where' },
    { line: 'holdfast create web my-app', does: 'a web server in the folder my-app, without a question' },
  ],
  notes: [
    ...EXAMPLE_APPS.map(({ word, summary }) => `${word}: ${summary}.`),
    'Questions are asked on a terminal only. A folder with anything in it is left as it is. For an app of yours: holdfast init',
  ],
  afterDashes: 'words',
  async run(ctx, { words }) {
    const ask = ctx.isTTY ? createAsk(ctx) : null;
    const example = words[0] === undefined ? await chooseExample(ctx, ask) : findExample(words[0]);
    const folder = words[1] ?? (await chooseFolder(example, ask));
    write(path.resolve(ctx.cwd, folder), example);
    const app = path.basename(path.resolve(ctx.cwd, folder));
    ctx.say(`${ctx.palette.green('[holdfast]')} wrote ${example.summary.split(':')[0]} into ${shellWord(folder)}\n`);
    ctx.say(`  Start it: cd ${shellWord(folder)} && holdfast start\n  Then: ${example.next(shellWord(app))}\n`);
    return 0;
  },
};

function createAsk(ctx: Context): Ask {
  const lines = ctx.lines(ctx.signal)[Symbol.asyncIterator]();
  return async (question) => {
    ctx.out(question);
    const { done, value } = await lines.next();
    return done === true ? null : value.trim();
  };
}

async function chooseExample(ctx: Context, ask: Ask | null): Promise<ExampleApp> {
  if (ask === null)
    throw new HoldfastError('USAGE', `Cannot create an example: this is no terminal to ask which one; there are ${WORDS.join(', ')}.`, {
      hint: 'holdfast create web my-app',
    });
  ctx.out(EXAMPLE_APPS.map(({ word, summary }, index) => `${index + 1}  ${word.padEnd(7)} ${summary}\n`).join(''));
  const answer = given(await ask(`Which one? [${WORDS[0]}] `));
  return EXAMPLE_APPS[Number(answer) - 1] ?? findExample(answer === '' ? WORDS[0]! : answer);
}

function findExample(word: string): ExampleApp {
  const example = EXAMPLE_APPS.find((one) => one.word === word);
  if (example !== undefined) return example;
  throw new HoldfastError('USAGE', `Cannot create an example ${JSON.stringify(word)}: there are ${WORDS.join(', ')}.`, {
    hint: 'holdfast create web my-app',
  });
}

async function chooseFolder({ word }: ExampleApp, ask: Ask | null): Promise<string> {
  const usual = `my-${word}`;
  return ask === null ? usual : given(await ask(`Into which folder? [${usual}] `)) || usual;
}

function given(answer: string | null): string {
  if (answer !== null) return answer;
  throw new HoldfastError('USAGE', 'Cannot create an example: there was no answer. Nothing was written.', {
    hint: 'holdfast create web my-app',
  });
}

function write(folder: string, example: ExampleApp): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
    if (fs.readdirSync(folder).length > 0) throw new Error('there is something in that folder already');
    for (const [name, text] of Object.entries(filesOf(example, path.basename(folder))))
      fs.writeFileSync(path.join(folder, name), text, { flag: 'wx' });
  } catch (error) {
    throw new HoldfastError('OPERATION_FAILED', `Cannot create an example in ${folder}: ${(error as Error).message}.`, {
      hint: `holdfast create ${example.word} ANOTHER_FOLDER`,
      cause: error,
    });
  }
}
