// `holdfast logs --since` and `--grep` over 1 GB of rotated files, most of them compressed: time and memory of the command, and what it costs the daemon.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { cpuMs, median } from '../measure.mjs';
import { cli, withSite } from '../site.mjs';

const PART_BYTES = 50 * 2 ** 20;
const PARTS = 20;
const COMPRESSED = 15;
/** One line of so many has a needle in it. */
const NEEDLE_EVERY = 10_000;

export function measureSearch({ quick }) {
  return withSite(async (site) => {
    await site.start({ name: 'talker', script: new URL('../stamps.cjs', import.meta.url).pathname, exec_mode: 'fork', merge_logs: true });
    await site.holdfast('stop', 'talker');
    const [{ outPath }] = await site.instances();
    makeLog(outPath);
    const { daemon } = await site.json('info');
    const before = cpuMs(daemon.pid);
    const rounds = quick ? 1 : 3;
    const rows = [
      ['logs --grep, a rare word, all of 1 GB', ['--grep', 'needle']],
      ['logs --grep, a pattern, all of 1 GB', ['--grep', 'status=5\\d\\d .*needle']],
      ['logs --since, the last minute of 1 GB', ['--since', '60s']],
      ['logs --lines 1000 of 1 GB', ['--lines', '1000']],
    ];
    const results = [];
    for (const [what, options] of rows) {
      const runs = [];
      for (let round = 0; round < rounds; round += 1) runs.push(await searchOnce(site, options));
      const seconds = median(runs.map(({ ms }) => ms)) / 1000;
      const megabytes = Math.max(...runs.map(({ peakMb }) => peakMb));
      results.push({
        what,
        figure: `${seconds.toFixed(2)} s`,
        beside: `${runs[0].lines} lines, at most ${megabytes.toFixed(0)} MB resident`,
        budget: '<= 3 s, <= 100 MB',
        ok: seconds <= 3 && megabytes <= 100 && runs[0].lines > 0,
      });
    }
    const daemonMs = cpuMs(daemon.pid) - before;
    return [
      ...results,
      {
        what: "the daemon's share of these searches",
        figure: `${daemonMs.toFixed(0)} ms`,
        beside: 'of a CPU',
        budget: '<= 1 s',
        ok: daemonMs <= 1000,
      },
    ];
  });
}

/** Ten minutes a part, the last one up to now: as the host leaves them, with their indexes. */
function makeLog(present) {
  const part = Buffer.from(makeLines());
  const compressed = gzipSync(part, { level: 6 });
  const stem = present.replace(/\.log$/, '');
  for (let n = 0; n < PARTS; n += 1) {
    const endedAt = Date.now() - (PARTS - 1 - n) * 600_000;
    const aside = `${stem}__${new Date(endedAt).toISOString().replace('T', '_').replaceAll(/[:.]/g, '-')}.log`;
    const file = n === PARTS - 1 ? present : aside;
    if (n < COMPRESSED) fs.writeFileSync(`${file}.gz`, compressed);
    else fs.writeFileSync(file, part);
    writeIndex(file, { inode: n < COMPRESSED ? 0 : fs.statSync(file).ino, endedAt });
  }
}

function makeLines() {
  let text = '';
  for (let n = 0; text.length < PART_BYTES; n += 1) {
    const needle = n % NEEDLE_EVERY === 0 ? 'needle' : 'request';
    text += `GET /api/items/${(n * 7919) % 100_003} status=${n % 7 === 0 ? 500 : 200} ${(n * 31) % 997} ms ${needle} id=${(n * 2_654_435_761) % 4_294_967_296}\n`;
  }
  return text;
}

function writeIndex(file, { inode, endedAt }) {
  const records = 6000;
  const index = Buffer.alloc(12 * (records + 1));
  index.write('hfidx1', 'latin1');
  index.writeUIntLE(inode, 6, 6);
  for (let n = 0; n < records; n += 1) {
    index.writeUIntLE(Math.floor((PART_BYTES / records) * n), 12 * (n + 1), 6);
    index.writeUIntLE(endedAt - 600_000 + 100 * n, 12 * (n + 1) + 6, 6);
  }
  fs.writeFileSync(path.join(path.dirname(file), `.${path.basename(file)}.idx`), index);
}

/** Its peak is read from the process itself while it lives (VmHWM, proc(5)). */
function searchOnce(site, options) {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, 'logs', 'talker', '--nostream', '--raw', ...options], { env: site.env });
    let lines = 0;
    let peakMb = 0;
    const watch = setInterval(() => (peakMb = Math.max(peakMb, peakOf(child.pid))), 20);
    child.stdout.on('data', (piece) => {
      for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, at + 1)) lines += 1;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(watch);
      if (code === 0) resolve({ ms: performance.now() - startedAt, peakMb, lines });
      else reject(new Error(`holdfast logs ${options.join(' ')} ended with code ${code}.`));
    });
  });
}

function peakOf(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // it has just ended
  }
}
