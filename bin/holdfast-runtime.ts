// `holdfast-runtime`: `holdfast run` for who comes from PM2's pm2-runtime. It changes the arguments and starts the command line.
import { writeSync } from 'node:fs';
import { readRuntimeArguments } from '../src/compat/runtime-arguments.ts';

const STDERR = 2;

const { argv, remarks } = readRuntimeArguments(process.argv.slice(2));
for (const remark of remarks) writeSync(STDERR, `[holdfast] Note: ${remark}\n`);
process.argv.splice(2, Infinity, 'run', ...argv);
void import('./cli.ts');
