// `slist`: the forms in which figures of the machine are printed.
import { expect, it } from 'vitest';
import { runCli } from '../../../test/run-cli.ts';

it.each(['slist', 'sysinfos'])('%s prints them in the form of util.inspect', async (word) => {
  expect(await runCli([word])).toEqual({
    code: 0,
    stdout: "{\n  'CPU Usage': { value: 1.5, type: 'metric', unit: '%', historic: true }\n}\n",
    stderr: '',
  });
});

it('prints a tree with -t', async () => {
  expect((await runCli(['slist', '-t'])).stdout).toBe(
    '└─ CPU Usage\n   ├─ value: 1.5\n   ├─ type: metric\n   ├─ unit: %\n   └─ historic: true\n',
  );
});

it('prints JSON with --json', async () => {
  expect(JSON.parse((await runCli(['slist', '--json'])).stdout)).toEqual({
    'CPU Usage': { value: 1.5, type: 'metric', unit: '%', historic: true },
  });
});
