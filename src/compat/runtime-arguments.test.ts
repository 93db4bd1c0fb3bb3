// The command lines of pm2-runtime.
import { expect, it } from 'vitest';
import { readRuntimeArguments } from './runtime-arguments.ts';

it.each<[string, string, readonly string[]]>([
  ['app.js', 'app.js', []],
  ['start app.js -i 2', 'app.js -i 2', []],
  ['start ecosystem.config.js --env production --only api', 'ecosystem.config.js --env production --only api', []],
  ['--secret abc --public=def app.js --machine-name', 'app.js', ['--secret', '--public', '--machine-name']],
  ['app.js --web 9615 --trace --v8 --deep-monitoring --json', 'app.js --json', ['--web', '--trace', '--v8', '--deep-monitoring']],
  ['app.js --name start', 'app.js --name start', []],
  ['--name start app.js', '--name start app.js', []],
  ['start app.js -- start --web 1', 'app.js -- start --web 1', []],
])('%s', (given, kept, named) => {
  const { argv, remarks } = readRuntimeArguments(given.split(' '));
  expect(argv.join(' ')).toBe(kept);
  expect(remarks).toEqual(named.map((name) => `${name} has no effect: there is no PM2 Plus and no agent here.`));
});
