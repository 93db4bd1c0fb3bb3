// Who listens on a port.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it, vi } from 'vitest';
import { holderOfPort } from './port-holder.ts';

it.each(['127.0.0.1', '::'])('names the process that listens on %s, its number and its command', async (host) => {
  const code = `require('net').createServer().listen(0,'${host}',function(){console.log(this.address().port)})`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'], env: process.env });
  try {
    const port = await new Promise<number>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString()))));
    expect(holderOfPort(port)).toMatch(new RegExp(`^pid ${child.pid} \\(node -e require.*…\\)$`));
    expect(holderOfPort(port)!.length).toBeLessThan(110);
  } finally {
    child.kill('SIGKILL');
  }
});

it('is null when nobody listens any more', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(holderOfPort(port)).toContain(`pid ${process.pid} `);
  await new Promise((resolve) => server.close(resolve));
  await vi.waitFor(() => expect(holderOfPort(port)).toBeNull());
});
