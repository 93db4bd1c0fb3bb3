// FIFOs between processes: who holds them, what they keep, what is left of them.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { adoptChild, discardOutput } from './adopted-child.ts';
import { launchChild } from './child.ts';
import type { Child } from './child.ts';
import { MAX_INPUT_BYTES } from '../model/input.ts';
import { createFifos } from './fifos.ts';
import { createKin } from './kin.ts';
import type { Fifos } from './fifos.ts';
import { startTimeOf } from './proc-stat.ts';

const ENV = process.env as Record<string, string>;
let folder: string;
let pipes: string;
let fifos: Fifos;
let started: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-fifos-'));
  pipes = join(folder, 'pipes');
  fifos = createFifos(pipes);
  started = [];
});
afterEach(async () => {
  for (const child of started) child.kill('SIGKILL');
  for (const child of started) if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  rmSync(folder, { recursive: true });
});

const until = (what: () => void): Promise<void> => vi.waitFor(what, { timeout: 20_000, interval: 2 });
/** What this process has open of them, also of those that are gone. */
const readEnds = (): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    const path = linkOrEmpty(`/proc/self/fd/${fd}`);
    return path.startsWith(pipes) ? [path] : [];
  });
const named = (): string[] => readdirSync(pipes).filter((name) => !name.startsWith('spare.'));

function linkOrEmpty(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}

interface Seen {
  readonly facts: string[];
  bytes: number;
  text: string;
}

function observe(): { readonly seen: Seen; readonly on: Parameters<typeof launchChild>[1] } {
  const seen: Seen = { facts: [], bytes: 0, text: '' };
  return {
    seen,
    on: {
      launched: () => void seen.facts.push('launched'),
      launchFailed: (reason) => void seen.facts.push(reason),
      output(_stream, chunk) {
        seen.bytes += chunk.length;
        seen.text = (seen.text + chunk.toString('latin1')).slice(-200);
      },
      internal: () => {},
      message: () => {},
      exited: ({ code, signal }) => void seen.facts.push(`exited ${code} ${signal}`),
      outputEnded: () => void seen.facts.push('outputEnded'),
    },
  };
}

function launch(code: string): { readonly child: Child; readonly seen: Seen } {
  const { seen, on } = observe();
  const child = launchChild(
    { file: process.execPath, args: ['-e', code], cwd: folder, env: ENV, outlivesHost: true, takesInput: true },
    on,
    fifos,
  );
  return { child, seen };
}

/** A process as a host that is dead by now has left it: nobody reads its output. */
function orphan(code: string, takesInput = true): { readonly pid: number; readonly startTime: string; readonly process: ChildProcess } {
  const fresh = fifos.create(takesInput, null);
  const child = spawn(process.execPath, ['-e', code], { cwd: folder, stdio: [...fresh.childEnds] });
  started.push(child);
  const pid = child.pid!;
  fresh.handOver(pid);
  // What a dead process had open is closed.
  closeSync(fresh.out);
  closeSync(fresh.err);
  return { pid, startTime: startTimeOf(pid)!, process: child };
}

describe('a child with FIFOs', () => {
  // Giving rights away takes root.
  it.runIf(process.getuid!() === 0)('of another user can open its output once more, as by /dev/stdout', async () => {
    chmodSync(folder, 0o755);
    const { seen, on } = observe();
    const code = `require('node:fs').writeFileSync('/dev/stdout', 'once more'); require('node:fs').openSync('/proc/self/fd/1', 'r')`;
    const user = { uid: 65_534, gid: 65_534 };
    launchChild({ file: process.execPath, args: ['-e', code], cwd: '/', env: ENV, outlivesHost: true, user }, on, fifos);
    await until(() => expect(seen.facts).toEqual(['launched', 'exited 0 null', 'outputEnded']));
    expect(seen.text).toBe('once more');
  });

  it('has pipes for input and output, as every child has', async () => {
    const { seen } = launch(
      'console.log(process.stdout._type, process.stderr._type, process.stdin.constructor.name, process.stdout.isTTY)',
    );
    await until(() => expect(seen.facts).toContain('outputEnded'));
    expect(seen.text).toBe('pipe pipe Socket undefined\n');
  });

  it.each([
    ['once they are written', 'process.stdout.write("x".repeat(10e6), () => process.exit(3))'],
    ['at once', 'const b = Buffer.alloc(10e6); for (let at = 0; at < b.length; ) at += fs.writeSync(1, b, at); process.exit(3)'],
  ])('has all its bytes read when it exits %s', async (_when, code) => {
    const { seen } = launch(code);
    await until(() => expect(seen.facts).toEqual(['launched', 'exited 3 null', 'outputEnded']));
    expect(seen.bytes).toBe(10e6);
  });

  it('is known to have written all although a grandchild holds the other end', async () => {
    const code = `const c = require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' }); console.log(c.pid)`;
    const { seen } = launch(`${code}; process.exit()`);
    await until(() => expect(seen.facts).toEqual(['launched', 'exited 0 null', 'outputEnded']));
    expect(named()).toEqual([]);
    process.kill(Number(seen.text), 'SIGKILL');
  });

  it('waits for input without an end', async () => {
    const { child, seen } = launch(
      `process.stdin.on('data', (d) => console.log('got', String(d).trim())).on('end', () => console.log('end'))`,
    );
    expect(child.input(Buffer.from('hello\n'))).toBe('taken');
    await until(() => expect(seen.text).toBe('got hello\n'));
    process.kill(child.pid!, 'SIGKILL');
    await until(() => expect(seen.facts).toContain('outputEnded'));
    expect(child.input(Buffer.from('too late\n'))).toBe('closed');
  });

  it('that does not read its input stops nobody', async () => {
    const { child, seen } = launch('setInterval(() => {}, 1000)');
    await until(() => expect(seen.facts).toEqual(['launched']));
    const line = Buffer.alloc(MAX_INPUT_BYTES, 'x');
    for (let count = 0; count < 16; count += 1) expect(child.input(line)).toBe('taken');
    expect(child.input(line)).toBe('full');
    process.kill(child.pid!, 'SIGKILL');
    await until(() => expect(seen.facts).toContain('outputEnded'));
  });

  it('has them to itself, and leaves none behind', async () => {
    const { child, seen } = launch('setInterval(() => {}, 1000)');
    expect(named().sort()).toEqual(['err', 'in', 'out'].map((end) => `${child.pid}.${end}`));
    for (const name of named()) expect(statSync(join(pipes, name)).mode & 0o777).toBe(0o600);
    process.kill(child.pid!, 'SIGKILL');
    await until(() => expect(seen.facts).toContain('outputEnded'));
    expect(named()).toEqual([]);
    fifos.removeAll();
    expect(existsSync(pipes)).toBe(false);
  });

  it('that cannot be launched leaves none behind', async () => {
    const { seen, on } = observe();
    launchChild({ file: '/nowhere/at/all', args: [], cwd: folder, env: ENV, outlivesHost: true, takesInput: true }, on, fifos);
    await until(() => expect(seen.facts).toHaveLength(1));
    expect(named()).toEqual([]);
    expect(readdirSync(pipes)).toHaveLength(45);
  });

  it('gets plain pipes where none can be made, and the reason is known', async () => {
    writeFileSync(pipes, '');
    const { child, seen } = launch('console.log(1)');
    expect(child.bound).toContain('EEXIST');
    expect(child.input(Buffer.from('x\n'))).toBe('closed');
    await until(() => expect(seen.facts).toContain('outputEnded'));
    expect(seen.text).toBe('1\n');
  });
});

describe('a process whose host is dead', () => {
  it('waits at 64 KiB and loses nothing: whoever adopts it reads on', async () => {
    const left = orphan(
      'for (let i = 0; i < 30000; i++) fs.writeSync(1, "line " + i + "\\n"); fs.writeSync(1, "all\\n"); setInterval(() => {}, 1e3)',
    );
    const { seen, on } = observe();
    adoptChild(left, fifos, on);
    await until(() => expect(seen.text.endsWith('all\n')).toBe(true));
    const expected = Array.from({ length: 30_000 }, (_, index) => `line ${index}\n`).join('').length + 'all\n'.length;
    expect(seen.bytes).toBe(expected);
    left.process.kill('SIGKILL');
    await until(() => expect(seen.facts).toEqual(['exited null null', 'outputEnded']));
    expect(named()).toEqual([]);
  });

  it('can be written to by whoever adopts it', async () => {
    const left = orphan(`process.stdin.on('data', (d) => console.log('got', String(d).trim()))`);
    const { seen, on } = observe();
    const child = adoptChild(left, fifos, on);
    expect(child.input(Buffer.from('hello\n'))).toBe('taken');
    await until(() => expect(seen.text).toBe('got hello\n'));
    expect([child.sendInternal({} as never), child.sendToApp('x')]).toEqual([false, false]);
    left.process.kill('SIGKILL');
    await until(() => expect(seen.facts).toContain('outputEnded'));
  });

  it('is adopted without its output where the FIFOs are gone', async () => {
    const left = orphan('setInterval(() => {}, 1000)');
    fifos.remove(left.pid);
    const { seen, on } = observe();
    expect(adoptChild(left, fifos, on).input(Buffer.from('x\n'))).toBe('closed');
    left.process.kill('SIGKILL');
    await until(() => expect(seen.facts).toEqual(['exited null null', 'outputEnded']));
  });

  it('is told apart from a stranger that has its number', async () => {
    const stranger = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    started.push(stranger);
    const id = { pid: stranger.pid!, startTime: '1' };
    const kin = createKin();
    kin.adopted(id, true);
    for (const whole of [true, false]) kin.signal(id.pid, 'SIGKILL', whole);
    expect(kin.isAlive(id.pid)).toBe(false);
    const { seen, on } = observe();
    adoptChild(id, fifos, on);
    await until(() => expect(seen.facts).toEqual(['exited null null', 'outputEnded']));
    expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
    expect(startTimeOf(id.pid)).not.toBe(null);
  });

  it('is found by what it holds where nobody has heard of it', () => {
    const left = orphan('setInterval(() => {}, 1000)');
    const stranger = spawn('sleep', ['1000'], { stdio: 'ignore' });
    started.push(stranger);
    const fresh = fifos.create(true, null);
    fresh.handOver(stranger.pid!);
    closeSync(fresh.out);
    closeSync(fresh.err);
    expect(createFifos(pipes).keepOnly(new Set())).toEqual([{ pid: left.pid, takesInput: true }]);
    expect(readdirSync(pipes)).toEqual([]);
  });

  it('keeps its output where it takes no input: somebody reads that until it ends', async () => {
    const left = orphan('process.stdout.write("x".repeat(1e6), () => process.exit())', false);
    expect(createFifos(pipes).keepOnly(new Set())).toEqual([{ pid: left.pid, takesInput: false }]);
    discardOutput(left.pid, fifos);
    await until(() => expect(left.process.exitCode).toBe(0));
    await until(() => expect(readdirSync(pipes).filter((name) => !name.startsWith('spare.'))).toEqual([]));
  });

  it('has them cleared away where it ended before anybody could read: no end of its output is told then', async () => {
    const left = orphan('', false);
    await once(left.process, 'exit');
    discardOutput(left.pid, fifos);
    await until(() => expect([named(), readEnds()]).toEqual([[], []]));
  });

  it('has what belongs to nobody any more cleared away', async () => {
    const left = orphan('setInterval(() => {}, 1000)');
    writeFileSync(join(pipes, '1.out'), '');
    expect(createFifos(pipes).keepOnly(new Set([left.pid]))).toEqual([]);
    expect(readdirSync(pipes).sort()).toEqual(['err', 'in', 'out'].map((end) => `${left.pid}.${end}`));
  });
});
