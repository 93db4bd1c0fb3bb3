// The CLI on a terminal of a given width; script(1) makes one.
import { expect } from 'vitest';
import { run } from './run.ts';
import { CLI } from './site.ts';
import type { Site } from './site.ts';

/** Runs `holdfast ...args`, which must end well; the lines it has written, with their control sequences. */
export async function runOnTerminal(site: Site, { columns = 160 }: { readonly columns?: number }, ...args: string[]): Promise<string[]> {
  const line = `stty cols ${columns} rows 24; exec '${process.execPath}' '${CLI}' ${args.join(' ')}`;
  const { code, stdout, stderr } = await run('script', ['-qec', line, '/dev/null'], {
    cwd: site.folder,
    env: { ...site.env, TERM: 'xterm' },
  });
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  return stdout.split('\r\n').slice(0, -1);
}
