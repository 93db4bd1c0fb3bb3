// A short-lived process that reads scripts and config files for the foreground runtime: the code in them runs here, and leaves nothing behind there.
import fs from 'node:fs';
import path from 'node:path';
import tty from 'node:tty';
import { exitCodeOf, renderError } from '../src/cli/errors.ts';
import { findConfigHere, readAppSpecs } from '../src/cli/read-specs.ts';
import type { ReadingContext } from '../src/cli/read-specs.ts';
import { createPalette, wantsColour } from '../src/cli/render/colour.ts';
import type { Draft } from '../src/foreground/apps.ts';
import { draftOf } from '../src/foreground/drafts.ts';
import type { Named } from '../src/model/foreground.ts';

const STDIN = 0;
const STDERR = 2;

process.once('message', (named) => void answer(named as Named));

/** Sends the drafts to who asked for them, or says what is wrong and ends with the exit code of that. */
async function answer(named: Named): Promise<void> {
  const errPalette = createPalette(wantsColour({ refused: false, isTTY: tty.isatty(STDERR), env: process.env }));
  try {
    const drafts = await read(named, errPalette);
    // What a config file left open does not keep us.
    process.send!(drafts, () => process.exit(0));
  } catch (error) {
    fs.writeSync(STDERR, renderError(error, errPalette));
    process.exit(exitCodeOf(error));
  }
}

async function read(named: Named, errPalette: ReadingContext['errPalette']): Promise<readonly Draft[]> {
  const cwd = process.cwd();
  const ctx: ReadingContext = {
    cwd,
    env: process.env,
    uid: process.getuid?.() ?? -1,
    readInput: () => Promise.resolve(fs.readFileSync(STDIN, 'utf8')),
    nodePath: process.execPath,
    staticServer: () => path.join(path.dirname(process.argv[1]!), 'serve.cjs'),
    silent: named.silent,
    asPm2: named.asPm2,
    errPalette,
    err: (text) => void fs.writeSync(STDERR, text),
    home: () => {
      throw new Error('the foreground runtime has no home directory');
    },
  };
  const targets = named.words.length > 0 ? named.words : [findConfigHere({ cwd }, 'run')];
  const specs = await readAppSpecs(ctx, { verb: 'run', targets, given: named, logsFolder: null });
  return specs.map(draftOf);
}
