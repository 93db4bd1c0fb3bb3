// The end-to-end kit itself: what other tests lean on must be able to fail.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startLoad } from './kit/load.ts';
import { freePort } from './kit/ports.ts';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

describe('a site', () => {
  it('finds every process of its home, ends it and says so when the product left it behind', async () => {
    const site = createSite();
    const child = spawn(process.execPath, [fixture('ignores-sigint.cjs')], { env: site.env, stdio: 'ignore' });
    await waitFor('the process to be seen', () => site.processes().length === 1);
    await expect(site.dispose()).rejects.toThrow(/left 1 processes[^]*ignores-sigint/);
    expect(isAlive(child.pid!)).toBe(false);
    expect(fs.existsSync(site.folder)).toBe(false);
  });
});

describe('waitFor', () => {
  it('rejects with the description and the last answer when the fact does not come', async () => {
    await expect(waitFor('the moon', () => false, { timeoutMs: 50 })).rejects.toThrow(/the moon; last answer: false/);
  });
});

describe('the load client', () => {
  const servers: http.Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  async function serve(answer: http.RequestListener): Promise<number> {
    const port = await freePort();
    const server = http.createServer(answer);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, resolve));
    return port;
  }

  it.each([true, false])('counts answers by the pid in them (keep-alive %s)', async (keepAlive) => {
    const port = await serve((_, response) => response.end('{"pid":42}'));
    const load = await startLoad({ port, keepAlive, connections: 4 });
    await waitFor('20 answers', async () => (await load.report()).ok >= 20);
    const report = await load.stop();
    expect(report).toMatchObject({ failed: 0, errors: {} });
    expect(report.pids).toEqual({ '42': report.ok });
  });

  it.each([true, false])('opens as many connections as it says, or one for every answer (keep-alive %s)', async (keepAlive) => {
    let opened = 0;
    const port = await serve((_, response) => response.end('ok 1'));
    servers[0]!.on('connection', () => (opened += 1));
    const load = await startLoad({ port, keepAlive, connections: 4 });
    await waitFor('50 answers', async () => (await load.report()).ok >= 50);
    const { ok } = await load.stop();
    expect(opened).toBe(keepAlive ? 4 : ok);
  });

  it('counts wrong statuses, cut answers and refused connections as failed', async () => {
    const port = await serve((request, response) => {
      response.writeHead(request.url === '/500' ? 500 : 200, { 'content-length': 10 });
      if (request.url === '/500') response.end('0123456789');
      else response.write('01234', () => request.socket.destroy());
    });
    for (const [path, error] of [
      ['/500', 'status 500'],
      ['/cut', 'ECONNRESET'],
    ] as const) {
      const report = await (await startLoad({ port, path, keepAlive: false, connections: 1 })).stop();
      expect(report.ok).toBe(0);
      expect(Object.keys(report.errors)).toEqual([error]);
    }
    const refused = await (await startLoad({ port: await freePort(), keepAlive: false, connections: 1 })).stop();
    expect(Object.keys(refused.errors)).toEqual(['ECONNREFUSED']);
  });
});
