// `npm run bench`: what Holdfast costs, each figure beside its budget. `-- --quick` for the short form, `-- --only list` for one part.
// Exit code 1 when a budget is missed. Run it on an otherwise idle machine, or the ratios are noise.
import net from 'node:net';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { measureCluster } from './parts/cluster.mjs';
import { measureCrash } from './parts/crash.mjs';
import { measureFifty } from './parts/fifty.mjs';
import { measureForeground } from './parts/foreground.mjs';
import { measureKernel } from './parts/kernel.mjs';
import { measureList } from './parts/list.mjs';
import { measureStandby } from './parts/standby.mjs';
import { measureLogs } from './parts/logs.mjs';
import { measureSearch } from './parts/search.mjs';
import { measureThroughput } from './parts/throughput.mjs';

const PARTS = {
  list: measureList,
  cluster: measureCluster,
  fifty: measureFifty,
  crash: measureCrash,
  standby: measureStandby,
  throughput: measureThroughput,
  kernel: measureKernel,
  logs: measureLogs,
  foreground: measureForeground,
  search: measureSearch,
};

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } } });
const unknown = values.only?.find((name) => !(name in PARTS));
if (unknown !== undefined) {
  console.error(`There is no part '${unknown}'; there are ${Object.keys(PARTS).join(', ')}.`);
  process.exit(1);
}
// Costs every start of Node 20 more than 50 ms where it is set.
delete process.env.NODE_EXTRA_CA_CERTS;

console.log(
  `Node ${process.versions.node}, ${os.cpus().length} CPUs, load ${os.loadavg()[0].toFixed(1)}${values.quick ? ', quick' : ''}\n`,
);
let missed = 0;
for (const name of values.only ?? Object.keys(PARTS)) {
  for (const { what, figure, beside, budget, ok } of await PARTS[name]({ quick: values.quick, port: await freePort() })) {
    if (!ok) missed += 1;
    console.log(`${ok ? 'ok    ' : 'MISSED'}  ${what.padEnd(58)} ${figure.padStart(9)}   ${budget.padEnd(9)} ${beside}`);
  }
}
process.exitCode = missed === 0 ? 0 : 1;
console.log(missed === 0 ? '\nAll within budget.' : `\n${missed} over budget.`);

/** A free port whose successor is free too (throughput uses both). */
async function freePort() {
  for (let port = 18_000 + (process.pid % 1000) * 2; ; port += 2) if ((await isFree(port)) && (await isFree(port + 1))) return port;
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
