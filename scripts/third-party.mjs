// Programs from npm that depend on `pm2`, unedited, with this package in PM2's place: installs them, runs them against a daemon of its own and looks.
// Needs the registry and some minutes, so that it is no part of the test suite. What was seen last: docs/third-party.md.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const run = promisify(execFile);
const PATIENCE_MS = 60_000;
const POLL_MS = 200;

const PROGRAMS = {
  'pm2-prometheus-exporter': '0.1.1',
  'pm2-metrics': '1.0.47',
  'pm2-slack': '0.3.4',
  'pm2-logrotate': '3.0.0',
  'pm2-promise': '2.0.1',
};

/** What each program has to do; resolves to what was seen, and rejects where it does not come. */
const CHECKS = {
  'pm2-prometheus-exporter': async (site) => {
    // Its port is settled.
    site.program('pm2-prometheus-exporter/exporter.js');
    const line = await until('a metric of talks', () => metric('http://127.0.0.1:9209/metrics', /^pm2_up\{name="talks".*\} 1$/m));
    return `/metrics: \`${line}\``;
  },
  'pm2-metrics': async (site) => {
    const port = await freePort();
    site.program('pm2-metrics/exporter.js', { 'pm2-metrics': JSON.stringify({ port, host: '127.0.0.1' }) });
    const line = await until('a metric of talks', () =>
      metric(`http://127.0.0.1:${port}/metrics`, /^pm2_memory\{.*name="talks".*\} [1-9]\d+$/m),
    );
    return `/metrics: \`${line}\``;
  },
  'pm2-slack': async (site) => {
    const heard = [];
    const slack = http.createServer((request, response) => {
      request.on('data', (piece) => heard.push(String(piece)));
      request.on('end', () => response.end('ok'));
    });
    await new Promise((resolve) => void slack.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${slack.address().port}/`;
      site.program('pm2-slack/index.js', { 'pm2-slack': JSON.stringify({ slack_url: url, error: true, restart: true }) });
      const said = (what) => heard.find((text) => text.includes(what));
      // It posts one thing in ten seconds; until its bus is open it hears nothing.
      const restart = async () => {
        await site.holdfast('restart', 'talks');
        return said('talks has started');
      };
      await until('what talks says at its start', restart, 12_000);
      await until('the restart at the webhook', () => said('talks - restart'));
      return 'what talks wrote to standard error and its restart came to the webhook';
    } finally {
      slack.closeAllConnections();
      slack.close();
    }
  },
  'pm2-logrotate': async (site) => {
    const logs = path.join(site.home, 'logs');
    site.program('pm2-logrotate/app.js', {
      'pm2-logrotate': JSON.stringify({ max_size: '1K', retain: '2', compress: 'false', workerInterval: '1', rotateInterval: '0 0 1 1 *' }),
      PM2_HOME: site.home,
    });
    const file = await until('a file put aside', () => fs.readdirSync(logs).find((name) => /^talks-out.*__.+\.log$/.test(name)));
    const before = fs.statSync(path.join(logs, 'talks-out.log')).mtimeMs;
    await until('talks to write on', () => fs.statSync(path.join(logs, 'talks-out.log')).mtimeMs > before);
    return `put \`${file}\` aside, and talks wrote on`;
  },
  'pm2-promise': async (site) => {
    const program = site.program(
      'talks.cjs',
      {},
      `
      const pm2 = require('pm2-promise');
      (async () => {
        await pm2.connect();
        const [before] = await pm2.list();
        await pm2.restart('talks');
        const [after] = await pm2.list();
        console.log(before.pid !== after.pid && after.pm2_env.restart_time > before.pm2_env.restart_time ? 'restarted' : 'not restarted');
        await pm2.disconnect();
      })();`,
    );
    await until('the restart', () => program.said().includes('restarted'));
    if (program.said().includes('not restarted')) throw new Error('talks has the pid it had');
    return 'listed talks, restarted it, and ended by itself';
  },
};

/** A daemon with an app `talks`, and the programs beside it. */
async function createSite() {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-third-')));
  const home = path.join(folder, 'home');
  const env = { ...process.env, HOLDFAST_HOME: home };
  const children = [];
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const [tarball] = fs.readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const manifest = { private: true, dependencies: PROGRAMS, overrides: { pm2: `file:${tarball}` } };
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, env });
  const holdfast = (...args) => run(process.execPath, [path.join(folder, 'node_modules/pm2/dist/cli.cjs'), ...args], { cwd: folder, env });
  fs.writeFileSync(
    path.join(folder, 'talks-app.cjs'),
    "console.error('talks has started'); setInterval(() => console.log('a line of talks, as it comes'), 20);\n",
  );
  await holdfast('start', 'talks-app.cjs', '--name', 'talks');
  return {
    home,
    holdfast,
    program(file, more, text) {
      const script = text === undefined ? path.join(folder, 'node_modules', file) : path.join(folder, file);
      if (text !== undefined) fs.writeFileSync(script, text);
      const child = spawn(process.execPath, [script], { cwd: folder, env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += piece));
      children.push({ child, said: () => said });
      return { said: () => said };
    },
    said: () => children.map(({ said }) => said()).join(''),
    /** Ends the programs of one check. */
    async rest() {
      for (const { child } of children.splice(0)) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill('SIGKILL');
        await new Promise((resolve) => void child.once('exit', resolve));
      }
    },
    async dispose() {
      await this.rest();
      await holdfast('kill');
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function metric(url, pattern) {
  const answer = await fetch(url).catch(() => null); // It is still starting.
  return answer === null ? undefined : pattern.exec(await answer.text())?.[0];
}

async function until(what, look, pollMs = POLL_MS) {
  const endMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > endMs) throw new Error(`${what} did not come within ${PATIENCE_MS / 1000} s`);
    await new Promise((resolve) => void setTimeout(resolve, pollMs));
  }
}

async function freePort() {
  const server = http.createServer();
  await new Promise((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

const site = await createSite();
try {
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      console.log(`| ${name} | ${PROGRAMS[name]} | ${await check(site)} |`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`| ${name} | ${PROGRAMS[name]} | FAILED: ${error.message} |\n${site.said()}`);
    }
    await site.rest();
  }
} finally {
  await site.dispose();
}
