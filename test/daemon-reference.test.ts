// docs/reference/api.md: its examples are run as they stand, and its table is compared with the routes there are.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../src/daemon/http/routes.ts';
import { appSpec, createDaemonKit } from './daemon-kit.ts';
import type { DaemonKit } from './daemon-kit.ts';

const run = promisify(execFile);
const page = fs.readFileSync(path.join(import.meta.dirname, '../docs/reference/api.md'), 'utf8');
const blocks = [...page.matchAll(/```(sh|json)\n(.*?)```/gs)].map(([, language, text]) => ({ language, text: text! }));
const examples = blocks.flatMap((block, index) =>
  block.language === 'sh' ? [{ command: block.text, shown: blocks[index + 1]?.language === 'json' ? blocks[index + 1]!.text : null }] : [],
);

let kit: DaemonKit;
beforeAll(async () => {
  kit = await createDaemonKit();
  await kit.operate({ action: 'apply', specs: [appSpec('web')], existing: 'refuse' });
});
afterAll(() => kit.dispose());

const shell = async (command: string): Promise<string> =>
  (await run('sh', ['-c', `set -e\n${command}`], { env: { ...process.env, HOLDFAST_HOME: kit.home.root } })).stdout;

/** The keys of an object, and of those in it. */
const shape = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
    : null;

describe('the page of the API', () => {
  it('has an example for every route', () => {
    // One operation by its id is what its stream ends with.
    const paths = ROUTES.map((route) => route.path).filter((route) => route !== '/v1/operations/:id');
    const isShown = (route: string): boolean => {
      const pattern = new RegExp(`http://localhost${route.replace(':id', '[^ ]+')}(?=['"?\\s])`);
      return examples.some(({ command }) => pattern.test(command));
    };
    expect(paths.filter((route) => !isShown(route))).toEqual([]);
  });

  it('lists the routes there are, with their methods', () => {
    const listed = [...page.matchAll(/^\| (GET|POST) \| `([^`]+)`/gm)].map(([, method, route]) => `${method} ${route}`);
    expect(listed).toEqual(ROUTES.flatMap((route) => Object.keys(route.methods).map((method) => `${method} ${route.path}`)));
  });

  it.each(examples)('shows what $command answers', async ({ command, shown }) => {
    const answer = await shell(command);
    if (shown !== null) expect(shape(JSON.parse(answer))).toEqual(shape(JSON.parse(shown)));
    else if (answer === '') expect(command).toContain('--max-time');
    else if (answer.startsWith('data: '))
      for (const line of answer.trim().split(/\n+/)) expect(() => JSON.parse(line.slice('data: '.length)) as unknown).not.toThrow();
    else expect(JSON.parse(answer)).not.toHaveProperty('error');
  });
});
