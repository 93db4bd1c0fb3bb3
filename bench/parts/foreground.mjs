// What `holdfast run` costs as the first process of a container: private memory, idle CPU, and how fast lines pass through it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { measureIdle } from '../idle.mjs';
import { until } from '../measure.mjs';
import { cli } from '../site.mjs';

const app = new URL('../app.cjs', import.meta.url).pathname;
const floods = new URL('../../test/fixtures/apps/floods.cjs', import.meta.url).pathname;

export async function measureForeground({ quick, port }) {
  return [...(await measureAtRest({ quick, port })), await measureLines(quick ? 200_000 : 1_000_000)];
}

async function measureAtRest({ quick, port }) {
  const child = spawn(process.execPath, [cli, 'run', app, '-i', '2'], { env: { ...process.env, PORT: port }, stdio: 'ignore' });
  try {
    await until('the app to listen', () => listens(port));
    const limitMb = process.versions.node.startsWith('20.') ? 12 : 18;
    return await measureIdle({ what: 'holdfast run with two cluster instances', pids: [child.pid], quick, limitMb });
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

/** Lines of 100 bytes to standard output, read by cat(1), with Holdfast between and without. */
async function measureLines(lines) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hfb-'));
  const out = path.join(folder, 'lines');
  const rate = async (...args) => {
    const startedAt = performance.now();
    const command = `"$0" "$@" 2>/dev/null | cat > ${out}`;
    await once(spawn('sh', ['-c', command, process.execPath, ...args], { env: { ...process.env, LINES: lines }, stdio: 'ignore' }), 'exit');
    if (fs.statSync(out).size !== lines * 100) throw new Error('Not every line arrived.');
    return (lines * 100) / 1e3 / (performance.now() - startedAt);
  };
  try {
    const bare = await rate(floods);
    const through = await rate(cli, 'run', floods, '--no-autorestart');
    return {
      what: `${lines / 1000},000 lines of 100 bytes through holdfast run`,
      figure: `${through.toFixed(0)} MB/s`,
      beside: `without it ${bare.toFixed(0)} MB/s`,
      budget: '>= 0.3 x',
      ok: through >= bare * 0.3,
    };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true) ?? socket.destroy());
    socket.once('error', () => resolve(false));
  });
}
