// Children as facts, with real processes.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleScript } from '../../test/bundle.ts';
import { CMD } from '../model/preload-protocol.ts';
import { launchChild } from './child.ts';
import type { Child, LaunchOptions } from './child.ts';
import { readProcStat } from './proc-stat.ts';
import { signalTree } from './process-tree.ts';

const APPS = resolve(import.meta.dirname, '../../test/fixtures/apps');
const ENV = process.env as Record<string, string>;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Fact = { readonly fact: string; readonly detail: unknown; readonly atMs: number };

interface Run {
  readonly child: Child;
  readonly facts: Fact[];
  /** The details of all facts of one kind. */
  all(fact: string): unknown[];
  output(stream: string): string;
  until(fact: string): Promise<void>;
}

function run(options: Partial<LaunchOptions> & { readonly code?: string }): Run {
  const facts: Fact[] = [];
  const note = (fact: string, detail?: unknown): void => void facts.push({ fact, detail, atMs: performance.now() });
  const { code, ...rest } = options;
  const child = launchChild(
    { file: process.execPath, args: code === undefined ? [] : ['-e', code], cwd: folder, env: ENV, ...rest },
    {
      launched: (pid) => note('launched', pid),
      launchFailed: (reason) => note('launchFailed', reason),
      output: (stream, chunk) => note(stream, chunk.toString()),
      internal: (message) => note('internal', message),
      message: (message) => note('message', message),
      exited: (exit) => note('exited', exit),
      outputEnded: () => note('outputEnded'),
    },
  );
  expect(facts).toEqual([]);
  const all = (fact: string): unknown[] => facts.filter((entry) => entry.fact === fact).map((entry) => entry.detail);
  return {
    child,
    facts,
    all,
    output: (stream) => all(stream).join(''),
    until: (fact) => vi.waitFor(() => expect(facts.map((entry) => entry.fact)).toContain(fact), { timeout: 10_000, interval: 2 }),
  };
}

function scriptFile(name: string, mode: number, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('a child', () => {
  it('is launched, says its last words, exits, and only then is its output at its end', async () => {
    const ended = run({ args: [join(APPS, 'last-line-before-exit.cjs')] });
    await ended.until('outputEnded');
    expect(ended.all('launched')).toEqual([ended.child.pid]);
    expect(ended.output('out')).toBe('last line of stdout\n');
    expect(ended.output('err')).toBe('last words on stderr');
    expect(ended.all('exited')).toEqual([{ code: 7, signal: null }]);
    expect(ended.facts.at(-1)!.fact).toBe('outputEnded');
    expect(ended.facts[0]!.fact).toBe('launched');
  });

  it('loses no byte of a large output', async () => {
    const ended = run({ code: "process.stdout.write('x'.repeat(5_000_000))" });
    await ended.until('outputEnded');
    expect(ended.output('out').length).toBe(5_000_000);
  });

  it('leads a process group of its own and gets exactly the environment, the arguments and the folder it was given', async () => {
    const code =
      'console.log(JSON.stringify([process.env.GREETING, process.env.HOME, process.argv.slice(1), process.cwd(), process.argv0]));setInterval(()=>{},1e9)';
    const running = run({
      args: ['-e', code, 'a b', '$HOME'],
      env: { GREETING: 'hello', HOLDFAST_TEST_RUN: ENV['HOLDFAST_TEST_RUN'] ?? '' },
      argv0: 'my-app',
    });
    await running.until('out');
    expect(JSON.parse(running.output('out'))).toEqual(
      ['hello', undefined, ['a b', '$HOME'], folder, 'my-app'].map((value) => value ?? null),
    );
    expect(readProcStat(running.child.pid!)?.group).toBe(running.child.pid);
    signalTree(running.child.pid!, 'SIGKILL', true);
    await running.until('outputEnded');
    expect(running.all('exited')).toEqual([{ code: null, signal: 'SIGKILL' }]);
  });

  it('has its death told within milliseconds', async () => {
    // On a busy machine one of many tries: who waited for a grace period would never be as quick.
    const delays: number[] = [Infinity];
    for (let round = 0; round < 30 && Math.min(...delays) >= 15; round += 1) {
      const running = run({ code: "console.log('up');setInterval(()=>{},1e9)" });
      await running.until('out');
      const killedAtMs = performance.now();
      process.kill(running.child.pid!, 'SIGKILL');
      await running.until('exited');
      delays.push(running.facts.find(({ fact }) => fact === 'exited')!.atMs - killedAtMs);
    }
    expect(Math.min(...delays)).toBeLessThan(15);
  });
});

describe('messages', () => {
  it('are told apart: those of the preload and those of the app', async () => {
    const code = `process.send({ cmd: '${CMD}', act: 'hello', nodeVersion: 'v1' }); process.send({ cmd: 'NODE_OTHER', act: 'hello' }); process.send('mine');`;
    const ended = run({ code: `${code}process.disconnect()` });
    await ended.until('exited');
    expect(ended.all('internal')).toEqual([{ cmd: CMD, act: 'hello', nodeVersion: 'v1' }]);
    expect(ended.all('message')).toEqual(['mine']);
  });

  it('all come before the exit, also when the child exits in the same turn', async () => {
    // No more than the channel's buffer holds unread: process.exit() drops what Node itself has still queued (from 170 messages on, with a host on Node 26).
    const ended = run({ code: 'for (let n = 0; n < 100; n += 1) process.send(n); process.exit(3)' });
    await ended.until('exited');
    const kinds = ended.facts.filter(({ fact }) => fact === 'message' || fact === 'exited').map(({ fact }) => fact);
    expect(kinds.filter((kind) => kind === 'message').length).toBe(100);
    expect(kinds.at(-1)).toBe('exited');
  });

  it('reach the app and its preload on their own ways', async () => {
    const code =
      "process.on('message',(m)=>console.log('app',m.n));process.on('internalMessage',(m)=>console.log('preload',m.act));process.send('up')";
    const running = run({ code });
    await running.until('message');
    expect(running.child.sendToApp({ n: 5 })).toBe(true);
    expect(running.child.sendInternal({ cmd: CMD, act: 'drain', idleMs: 1, timeoutMs: 1 })).toBe(true);
    await vi.waitFor(() => expect(running.output('out')).toBe('app 5\npreload drain\n'));
    process.kill(running.child.pid!, 'SIGKILL');
    await running.until('exited');
    expect(running.child.sendToApp({ n: 6 })).toBe(false);
    expect(running.child.sendInternal({ cmd: CMD, act: 'drain', idleMs: 1, timeoutMs: 1 })).toBe(false);
  });

  it('to a child that is dying, or that have no JSON form, are false and nothing worse', async () => {
    const running = run({ code: "process.send('up')" });
    await running.until('message');
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(running.child.sendToApp(circle)).toBe(false);
    process.kill(running.child.pid!, 'SIGKILL');
    for (let n = 0; n < 2000; n += 1) running.child.sendToApp({ filler: 'x'.repeat(1000) });
    await running.until('exited');
    expect(running.child.sendToApp({})).toBe(false);
  });

  it("answer Node's cluster module, so that cluster.worker.disconnect() ends as it should", async () => {
    const code = "require('cluster').worker.disconnect(); process.on('disconnect', () => console.log('disconnected'))";
    // Node sets its cluster module up for script files only.
    const ended = run({ args: [scriptFile('disconnects.cjs', 0o644, code)], env: { ...ENV, NODE_UNIQUE_ID: '1' } });
    await ended.until('outputEnded');
    expect(ended.output('out')).toBe('disconnected\n');
    expect(ended.all('exited')).toEqual([{ code: 0, signal: null }]);
  });
});

describe('a child whose own child lives on', () => {
  it('is told to have exited at once; its output ends after 500 ms, and the one that lives on may go on writing', async () => {
    const marker = join(folder, 'still-writing');
    // The grandchild inherits both output pipes and the channel.
    const script = `(while sleep 0.05; do echo tick || exit 1; date +%s%N > ${marker}; done) & echo "grandchild $!"; exit 4`;
    const held = run({ file: 'bash', args: ['-c', script] });
    await held.until('outputEnded');
    const pid = held.child.pid!;
    try {
      const at = (fact: string): number => held.facts.find((entry) => entry.fact === fact)!.atMs;
      expect(at('outputEnded') - at('exited')).toBeGreaterThanOrEqual(500);
      const before = held.facts.length;
      rmSync(marker, { force: true });
      await vi.waitFor(() => expect(existsSync(marker)).toBe(true));
      // The first echo after the end may still have found a pipe: what counts is that it goes on and on.
      for (let n = 0; n < 3; n += 1) {
        rmSync(marker);
        await vi.waitFor(() => expect(existsSync(marker)).toBe(true));
      }
      expect(held.facts.length).toBe(before);
    } finally {
      signalTree(pid, 'SIGKILL', true);
    }
  });
});

describe('a launch that fails', () => {
  const cases: readonly { readonly what: string; readonly options: () => Partial<LaunchOptions>; readonly reason: RegExp }[] = [
    { what: 'a missing program', options: () => ({ file: '/nowhere/node' }), reason: /^\/nowhere\/node does not exist$/ },
    { what: 'a name that is not in PATH', options: () => ({ file: 'no-such-program' }), reason: /^no-such-program was not found in PATH$/ },
    { what: 'a missing folder', options: () => ({ cwd: '/nowhere/app' }), reason: /^the working directory \/nowhere\/app does not exist$/ },
    { what: 'a folder that is a file', options: () => ({ cwd: process.execPath }), reason: /^the working directory .* is not a folder$/ },
    {
      what: 'a file that is not executable',
      options: () => ({ file: scriptFile('plain', 0o644, '#!/bin/sh\n') }),
      reason: /plain cannot be executed: permission denied \(EACCES\)$/,
    },
    {
      what: 'a first line naming a missing interpreter',
      options: () => ({ file: scriptFile('orphan', 0o755, '#!/opt/gone -x\n') }),
      reason: /orphan needs \/opt\/gone, which does not exist/,
    },
    { what: 'a program that is a folder', options: () => ({ file: '/tmp/' }), reason: /is a folder$/ },
    { what: 'a NUL in an argument', options: () => ({ args: ['a\0b'] }), reason: /null bytes/ },
    { what: 'an argument longer than the kernel takes', options: () => ({ args: ['x'.repeat(300_000)] }), reason: /too long \(E2BIG\)$/ },
  ];

  it.each(cases)('says why: $what', async ({ options, reason }) => {
    const failed = run(options());
    await failed.until('launchFailed');
    expect(failed.child.pid).toBeNull();
    expect(failed.child.sendToApp({})).toBe(false);
    expect(String(failed.all('launchFailed')[0])).toMatch(reason);
    expect(failed.facts.map(({ fact }) => fact)).toEqual(['launchFailed']);
  });
});

it('leaks no descriptor over 1,000 crashes and 100 failed launches', async () => {
  const script = bundleScript(
    folder,
    `import { launchChild } from './src/platform/child.ts';
     import { readdirSync } from 'node:fs';
     const count = () => readdirSync('/proc/self/fd').length;
     const crash = (file, args) => new Promise((done) => launchChild({ file, args, cwd: '/', env: {} }, {
       launched() {}, output() {}, internal() {}, message() {}, exited() {}, outputEnded: done, launchFailed: done }));
     async function many(times) {
       for (let n = 0; n < times; n += 10) await Promise.all([...Array(10).keys()].map(() => crash('/bin/sh', ['-c', 'echo x; exit 1'])).concat(crash('/nowhere', [])));
     }
     many(100).then(async () => { const before = count(); await many(1000); console.log(JSON.stringify({ before, after: count() })); });`,
  );
  const child = spawn(process.execPath, [script], { env: process.env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await vi.waitFor(() => expect(child.exitCode).toBe(0), { timeout: 60_000 });
  const { before, after } = JSON.parse(text) as { before: number; after: number };
  expect(after).toBe(before);
}, 60_000);
