// Programs from npm that depend on `pm2` or speak its protocol, unedited, with this package in PM2's place: installs them, runs them against a daemon of its own and looks.
// Needs the registry and some minutes, so that it is no part of the test suite. What was seen last: docs/third-party.md.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
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
  'pm2-gui': '0.1.4',
  'pm2-interface': '2.0.4',
};

/** What each program has to do; resolves to what was seen, and rejects where it does not come. */
const CHECKS = {
  'pm2-prometheus-exporter': async (site) => {
    // Its port is settled.
    site.program('pm2-prometheus-exporter/exporter.js');
    const line = await until('a metric of talks', () => matchOn('http://127.0.0.1:9209/metrics', /^pm2_up\{name="talks".*\} 1$/m));
    return `/metrics: \`${line}\``;
  },
  'pm2-metrics': async (site) => {
    const port = await freePort();
    site.program('pm2-metrics/exporter.js', { env: { 'pm2-metrics': JSON.stringify({ port, host: '127.0.0.1' }) } });
    const line = await until('a metric of talks', () =>
      matchOn(`http://127.0.0.1:${port}/metrics`, /^pm2_memory\{.*name="talks".*\} [1-9]\d+$/m),
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
      site.program('pm2-slack/index.js', { env: { 'pm2-slack': JSON.stringify({ slack_url: url, error: true, restart: true }) } });
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
    const settings = { max_size: '1K', retain: '2', compress: 'false', workerInterval: '1', rotateInterval: '0 0 1 1 *' };
    site.program('pm2-logrotate/app.js', { env: { 'pm2-logrotate': JSON.stringify(settings) } });
    const file = await until('a file put aside', () => fs.readdirSync(logs).find((name) => /^talks-out.*__.+\.log$/.test(name)));
    const before = fs.statSync(path.join(logs, 'talks-out.log')).mtimeMs;
    await until('talks to write on', () => fs.statSync(path.join(logs, 'talks-out.log')).mtimeMs > before);
    return `put \`${file}\` aside, and talks wrote on`;
  },
  'pm2-promise': async (site) => {
    const program = site.program('promises.cjs', {
      text: `
      const pm2 = require('pm2-promise');
      (async () => {
        await pm2.connect();
        const [before] = await pm2.list();
        await pm2.restart('talks');
        const [after] = await pm2.list();
        console.log(before.pid !== after.pid && after.pm2_env.restart_time > before.pm2_env.restart_time ? 'restarted' : 'not restarted');
        await pm2.disconnect();
      })();`,
    });
    await until('the restart', () => program.said().includes('restarted'));
    if (program.said().includes('not restarted')) throw new Error('talks has the pid it had');
    return 'listed talks, restarted it, and ended by itself';
  },
  'pm2-gui': async (site) => {
    const port = await freePort();
    const settings = `pm2 = ${site.home}\nport = ${port}\nrefresh = 1000\ndaemonize = false\nreadonly = false\n[log]\nlevel = warn\n`;
    site.program('pm2-gui/pm2-gui.js', { args: ['start', site.write('pm2-gui.ini', settings)] });
    const page = `http://127.0.0.1:${port}/`;
    await until('its page', () => matchOn(page, /<title>Monitor- PM2 Monitor<\/title>/));
    // What the page does in a browser, by the library that it does it with.
    const socket = site.require('socket.io-client')(`${page}sys`);
    try {
      let talks;
      socket.on('procs', (list) => (talks = list.find(({ name }) => name === 'talks')));
      const { pid, pm_id: id } = await until('talks on the page', () => talks);
      socket.emit('action', 'restart', id);
      await until('the restart on the page', () => talks.pid > 0 && talks.pid !== pid);
      socket.emit('action', 'stop', id);
      await until('the stop on the page', () => talks.pm2_env.status === 'stopped');
      await site.holdfast('start', 'talks');
      await until('the start on the page', () => talks.pm2_env.status === 'online');
    } finally {
      socket.close();
    }
    return 'the page showed talks, restarted it and stopped it, and showed that it was started elsewhere';
  },
  'pm2-interface': async (site) => {
    const program = site.program('interface.cjs', {
      text: `
      const { PM2_HOME: home } = process.env;
      const remote = require('pm2-interface')({ rpc_port: home + '/rpc.sock', sub_port: home + '/pub.sock', bind_host: 'localhost' });
      remote.on('ready', () => {
        remote.bus.on('process:event', ({ event, process }) => console.log(event, process.name));
        remote.bus.on('log:out', ({ process }) => console.log('line of', process.name));
        remote.rpc.getMonitorData({}, (error, [talks]) => {
          console.log(talks.name, talks.pm2_env.status);
          remote.rpc.restartProcessId({ id: talks.pm_id }, () => {});
        });
      });`,
    });
    for (const said of ['talks online', 'line of talks', 'exit talks', 'restart talks'])
      await until(said, () => program.said().includes(said));
    return 'listed talks, restarted it, and heard of that and of its lines';
  },
};

/** A daemon with an app `talks`, and the programs beside it. */
async function createSite() {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-third-')));
  const home = path.join(folder, 'home');
  const { HOLDFAST_HOME: _, ...rest } = process.env;
  const env = { ...rest, PM2_HOME: home };
  const children = [];
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const [tarball] = fs.readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const manifest = { private: true, dependencies: PROGRAMS, overrides: { pm2: `file:${tarball}` } };
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, env });
  const holdfast = (...args) => run(process.execPath, [path.join(folder, 'node_modules/pm2/dist/cli.cjs'), ...args], { cwd: folder, env });
  const write = (name, text) => {
    fs.writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  write('talks-app.cjs', "console.error('talks has started'); setInterval(() => console.log('a line of talks, as it comes'), 20);\n");
  await holdfast('start', 'talks-app.cjs', '--name', 'talks');
  return {
    home,
    holdfast,
    require: createRequire(path.join(folder, 'package.json')),
    write,
    /** Runs a program of a package, or a text. */
    program(file, { env: more = {}, args = [], text } = {}) {
      const script = text === undefined ? path.join(folder, 'node_modules', file) : write(file, text);
      const child = spawn(process.execPath, [script, ...args], {
        cwd: folder,
        env: { ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
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

/** What of a page matches; undefined where nothing does. */
async function matchOn(url, pattern) {
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
