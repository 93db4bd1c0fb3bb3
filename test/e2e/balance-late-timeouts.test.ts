// A loop that was blocked finds its timers before what clients have sent meanwhile: no request is lost by that.
import net from 'node:net';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { waitFor } from './kit/wait.ts';

let host: MiniHost;
afterEach(() => host.dispose());
afterAll(removeBundles);

async function start(env: Readonly<Record<string, string>>): Promise<number> {
  const port = await freePort();
  host = startMiniHost({ script: app('balance/keeps-briefly.cjs'), instances: 1, env: { PORT: String(port), ...env } });
  await host.ready();
  return port;
}

interface Client {
  send(path: string): void;
  answers(): number;
  /** Null while it is open. */
  end(): string | null;
}

/** A keep-alive connection that sends what it is told. */
function connect(port: number): Client {
  let text = '';
  let end: string | null = null;
  const socket = net.connect(port, '127.0.0.1');
  socket.on('data', (chunk) => (text += String(chunk)));
  socket.on('error', ({ code }: NodeJS.ErrnoException) => (end ??= code ?? 'error'));
  socket.on('close', () => (end ??= 'closed'));
  return {
    send: (path) => void socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`),
    answers: () => text.split('HTTP/1.1 200').length - 1,
    end: () => end,
  };
}

describe('an idle keep-alive connection whose time is over', () => {
  it('is closed, as ever', async () => {
    const port = await start({ KEEP_MS: '200' });
    const client = connect(port);
    client.send('/');
    await waitFor('its answer', () => client.answers() === 1);
    expect(await waitFor('its end', () => client.end())).toBe('closed');
  });

  it('but not while a request waits on it that the blocked loop has not seen', async () => {
    const port = await start({ KEEP_MS: '300' });
    const client = connect(port);
    client.send('/');
    await waitFor('its answer', () => client.answers() === 1);
    const blocking = ask({ port, path: '/block?ms=2000' });
    await waitFor('the loop to be blocked', () => host.output(1).includes('blocking'));
    client.send('/?second');
    await blocking;
    await waitFor('its second answer, or its end', () => client.answers() === 2 || client.end());
    expect([client.answers(), client.end()]).toEqual([2, null]);
    expect(await waitFor('its end, later', () => client.end())).toBe('closed');
  });

  it('is left to the app where that listens for it itself', async () => {
    const port = await start({ KEEP_MS: '100', HEARS: '1' });
    const client = connect(port);
    client.send('/');
    const startedAt = performance.now();
    expect(await waitFor('its end', () => client.end())).toBe('closed');
    expect(performance.now() - startedAt).toBeGreaterThan(390);
  });
});
