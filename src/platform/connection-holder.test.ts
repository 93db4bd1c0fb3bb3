// Whose a connection is, against real ones.
import { fork } from 'node:child_process';
import net from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { holdsConnection } from './connection-holder.ts';

async function connect(port: number): Promise<number> {
  const socket = net.connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket.localPort!;
}

describe('a connection', () => {
  it('is held by the process that accepted it, and by its ancestors, but by no other', async () => {
    const script = `const s = require('net').createServer().listen(0, '::', () => process.send(s.address().port))`;
    const [child, other] = [script, script].map((code) =>
      fork('-e', [code], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
    );
    onTestFinished(() => [child, other].forEach((one) => one!.kill('SIGKILL')));
    const port = await new Promise<number>((resolve) => child!.once('message', (said) => resolve(said as number)));
    const from = await connect(port);
    await vi.waitFor(() => expect(holdsConnection(child!.pid!, { port, from })).toBe(true));
    expect(holdsConnection(process.pid, { port, from })).toBe(true);
    expect(holdsConnection(other!.pid!, { port, from })).toBe(false);
  });

  it('is nobody’s before it was accepted', async () => {
    // A server that is paused before its first turn of the loop accepts nothing.
    const script = `const s = require('net').createServer().listen(0, '127.0.0.1', () => process.send(s.address().port, () => { for (;;); }))`;
    const child = fork('-e', [script], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const port = await new Promise<number>((resolve) => child.once('message', (said) => resolve(said as number)));
    expect(holdsConnection(child.pid!, { port, from: await connect(port) })).toBeNull();
    expect(holdsConnection(child.pid!, { port, from: 1 })).toBeNull();
  });
});
