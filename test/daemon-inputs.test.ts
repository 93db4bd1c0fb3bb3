// Lines of input over the control API, to pretended hosts: their ends, and hosts that know of none.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appSpec, createDaemonKit, until } from './daemon-kit.ts';
import type { DaemonKit } from './daemon-kit.ts';

let kit: DaemonKit;
beforeEach(async () => {
  kit = await createDaemonKit();
  await kit.operate({ action: 'apply', specs: [appSpec('repl')], existing: 'refuse' });
});
afterEach(() => kit.dispose());

const got = (): unknown[] =>
  kit.hosts.get('repl')!.commands.flatMap((command) => (command.type === 'input' ? [[command.line, command.end]] : []));

it('a line has the end that was asked for', async () => {
  await kit.client.send({ target: 'repl', line: 'one' });
  await kit.client.send({ target: 'repl', line: 'two', end: ';' });
  await kit.client.send({ target: 'repl', line: 'three', end: '' });
  expect(got()).toEqual([
    ['one', undefined],
    ['two', ';'],
    ['three', ''],
  ]);
});

it('an older host, which would end it in its own way, is not sent one with another end', async () => {
  const host = kit.hosts.get('repl')!;
  host.endsLines = false;
  host.hangUp();
  await until('the host to be met again', async () => host.commands.filter(({ type }) => type === 'hello').length === 2);
  await until('it to be known', async () => (await kit.client.manager()).hosts.length === 1);
  await expect(kit.client.send({ target: 'repl', line: 'x', end: ';' })).rejects.toMatchObject({
    message: 'Cannot send to repl:0: host repl is of an older version, 1.2.3, and ends every line by itself before holdfast update.',
  });
  await kit.client.send({ target: 'repl', line: 'x' });
  expect(got()).toEqual([['x', undefined]]);
});
