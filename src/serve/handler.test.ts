// The static file server over real HTTP and a real folder: what a browser, a downloader and a curious stranger get.
import fs from 'node:fs';
import promises from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { StaticSite } from '../model/static-site.ts';
import { createHandler } from './handler.ts';

const SCRIPT = `${'console.log(1);'.repeat(200)}\n`;

let root: string;
let folder: string;
const servers: http.Server[] = [];
const reports: string[] = [];

beforeAll(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-site-')));
  folder = path.join(root, 'current');
  const write = (name: string, content: string | Buffer): void => {
    const file = path.join(root, 'release', name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  };
  fs.mkdirSync(path.join(root, 'release'), { recursive: true });
  fs.symlinkSync('release', folder);
  write('index.html', '<h1>home</h1>');
  write('404.html', '<h1>lost</h1>');
  write('ten.txt', '0123456789');
  write('app.js', SCRIPT);
  write('built.js', 'plain');
  write('built.js.gz', gzipSync('gzipped'));
  write('built.js.br', brotliCompressSync('brotli'));
  write('docs/index.html', 'docs');
  write('files/a b.txt', 'a');
  write('files/.secret', 'x');
  write('.env', 'KEY=1');
  write('.well-known/security.txt', 'contact');
  write('100% & <b>.txt', 'odd');
  fs.writeFileSync(path.join(root, 'outside.txt'), 'outside');
  fs.symlinkSync('../outside.txt', path.join(root, 'release/leads-out.txt'));
  fs.symlinkSync('..', path.join(root, 'release/up'));
  fs.symlinkSync('ten.txt', path.join(root, 'release/leads-in.txt'));
});

afterAll(() => {
  for (const server of servers) server.close();
  fs.rmSync(root, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

type Ask = (url: string, options?: { readonly method?: string; readonly headers?: http.OutgoingHttpHeaders }) => Promise<Answer>;

/** A server of its own, asked without a client that would tidy the path. */
async function serve(site: Partial<StaticSite> = {}): Promise<Ask> {
  const whole = { folder, port: 0, host: '127.0.0.1', isSinglePage: false, listsFolders: false, homepage: '/index.html', account: null };
  const server = http.createServer(createHandler({ site: { ...whole, ...site }, report: (text) => void reports.push(text) }));
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return (url, { method = 'GET', headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const request = http.request({ port, host: '127.0.0.1', path: url, method, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({ status: response.statusCode!, headers: response.headers, bytes, text: bytes.toString() });
        });
      });
      request.on('error', reject).end();
    });
}

describe('a served folder', () => {
  it.each([
    ['/', 200, '<h1>home</h1>'],
    ['/ten.txt', 200, '0123456789'],
    ['/ten.txt?v=1', 200, '0123456789'],
    ['/docs/', 200, 'docs'],
    ['/files/a%20b.txt', 200, 'a'],
    ['/100%25%20&%20%3Cb%3E.txt', 200, 'odd'],
    ['/leads-in.txt', 200, '0123456789'],
    ['/.well-known/security.txt', 200, 'contact'],
    ['/nothing', 404, '<h1>lost</h1>'],
    ['/ten.txt/', 404, '<h1>lost</h1>'],
    ['/files/', 404, '<h1>lost</h1>'],
    ['/.env', 404, '<h1>lost</h1>'],
    ['/files/.secret', 404, '<h1>lost</h1>'],
    ['/../outside.txt', 404, '<h1>lost</h1>'],
    ['/files/../../outside.txt', 404, '<h1>lost</h1>'],
    ['/%2e%2e/outside.txt', 404, '<h1>lost</h1>'],
    ['/..%2foutside.txt', 400, 'Bad Request\n'],
    ['/leads-out.txt', 404, '<h1>lost</h1>'],
    ['/up/outside.txt', 404, '<h1>lost</h1>'],
    ['/a%00.txt', 400, 'Bad Request\n'],
    ['/%zz', 400, 'Bad Request\n'],
  ])('%s: %i', async (url, status, text) => {
    const ask = await serve();
    expect(await ask(url)).toMatchObject({ status, text });
  });

  it('says what a file is, and that anybody may read it', async () => {
    const { headers } = await (await serve())('/app.js');
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': String(SCRIPT.length),
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
      'accept-ranges': 'bytes',
    });
    expect(headers.etag).toMatch(/^W\//);
  });

  it('answers HEAD without a body, OPTIONS with what there is, and refuses other methods', async () => {
    const ask = await serve();
    expect(await ask('/ten.txt', { method: 'HEAD' })).toMatchObject({ status: 200, text: '', headers: { 'content-length': '10' } });
    expect(await ask('/ten.txt', { method: 'OPTIONS' })).toMatchObject({ status: 204, headers: { allow: 'GET, HEAD, OPTIONS' } });
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect(await ask('/ten.txt', { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
  });

  it.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=5-2', 416, 'Range Not Satisfiable\n', 'bytes */10'],
    ['bytes=99-', 416, 'Range Not Satisfiable\n', 'bytes */10'],
    ['lines=1-2', 200, '0123456789', undefined],
  ])('the range %s: %i', async (range, status, text, said) => {
    const ask = await serve();
    const answer = await ask('/ten.txt', { headers: { range } });
    expect(answer).toMatchObject({ status, text });
    expect(answer.headers['content-range']).toBe(said);
  });

  it('sends nothing again that the client has, and the new one after a change', async () => {
    const ask = await serve();
    const file = path.join(folder, 'changes.txt');
    fs.writeFileSync(file, 'one');
    const { headers } = await ask('/changes.txt');
    const again = { headers: { 'if-none-match': headers.etag } };
    expect(await ask('/changes.txt', again)).toMatchObject({ status: 304, text: '' });
    fs.writeFileSync(file, 'other');
    expect(await ask('/changes.txt', again)).toMatchObject({ status: 200, text: 'other' });
  });

  it('compresses what is worth it, and parts never', async () => {
    const ask = await serve();
    const gzip = { 'accept-encoding': 'gzip' };
    const whole = await ask('/app.js', { headers: gzip });
    expect(whole.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(gunzipSync(whole.bytes).toString()).toBe(SCRIPT);
    expect((await ask('/ten.txt', { headers: gzip })).headers['content-encoding']).toBeUndefined();
    const part = await ask('/app.js', { headers: { ...gzip, range: 'bytes=0-1999' } });
    expect(part).toMatchObject({ status: 206, text: SCRIPT.slice(0, 2000) });
    expect(part.headers['content-encoding']).toBeUndefined();
  });

  it.each([
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['br;q=0, gzip;q=0', undefined],
    [undefined, undefined],
  ])('takes what a build has compressed, for %s: %s', async (accepted, encoding) => {
    const ask = await serve();
    const { headers } = await ask('/built.js', { headers: accepted === undefined ? {} : { 'accept-encoding': accepted } });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers).toMatchObject({ vary: 'Accept-Encoding', 'content-type': 'text/javascript; charset=utf-8' });
  });

  it('leads from a folder to its address, and never to another host', async () => {
    const ask = await serve();
    expect(await ask('/docs')).toMatchObject({ status: 301, headers: { location: '/docs/' } });
    expect(await ask('//docs')).toMatchObject({ status: 301, headers: { location: '/docs/' } });
  });

  it('follows the link that a deploy turns', async () => {
    const link = path.join(root, 'turns');
    fs.symlinkSync('release/docs', link);
    const ask = await serve({ folder: link });
    expect((await ask('/index.html')).text).toBe('docs');
    fs.symlinkSync('release', `${link}.next`);
    fs.renameSync(`${link}.next`, link);
    expect((await ask('/index.html')).text).toBe('<h1>home</h1>');
  });

  it('refuses what it may not read, and lives on', async () => {
    // As the kernel has it for everybody but root.
    const refusal = Object.assign(new Error('permission denied'), { code: 'EACCES' });
    const access = vi.spyOn(promises, 'access').mockRejectedValueOnce(refusal);
    const ask = await serve();
    expect(await ask('/ten.txt')).toMatchObject({ status: 403 });
    access.mockRestore();
    expect(await ask('/ten.txt')).toMatchObject({ status: 200 });
  });

  it('had nothing to report in all of this', () => {
    expect(reports).toEqual([]);
  });
});

describe('a single-page application', () => {
  it.each([
    ['/users/7', 'text/html', 200, '<h1>home</h1>'],
    ['/users/john.doe', 'text/html', 200, '<h1>home</h1>'],
    ['/gone.js', '*/*', 404, '<h1>lost</h1>'],
    ['/.env', 'text/html', 404, '<h1>lost</h1>'],
    ['/ten.txt', 'text/html', 200, '0123456789'],
  ])('%s for %s: %i', async (url, accept, status, text) => {
    const ask = await serve({ isSinglePage: true });
    expect(await ask(url, { headers: { accept } })).toMatchObject({ status, text });
  });
});

describe('other wishes', () => {
  it('another homepage, for / and for the paths of an application', async () => {
    const ask = await serve({ homepage: '/docs/index.html', isSinglePage: true });
    expect((await ask('/')).text).toBe('docs');
    expect((await ask('/users')).text).toBe('docs');
  });

  it('lists of folders, without what is hidden or leads out', async () => {
    const ask = await serve({ listsFolders: true });
    const { text, headers } = await ask('/files/');
    expect([...text.matchAll(/href="([^"]*)"/g)].map(([, address]) => address)).toEqual(['/', '/files/a%20b.txt']);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect((await ask('/docs/')).text).toBe('docs');
    expect(await ask('/up/')).toMatchObject({ status: 404 });
  });

  it('a password before anything is told', async () => {
    const ask = await serve({ account: { name: 'ann', password: 'hunter2' } });
    const of = (text: string): { headers: http.OutgoingHttpHeaders } => ({
      headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` },
    });
    for (const url of ['/', '/nothing', '/.env']) expect(await ask(url)).toMatchObject({ status: 401 });
    expect((await ask('/')).headers['www-authenticate']).toMatch(/^Basic realm="/);
    expect(await ask('/', of('ann:hunter3'))).toMatchObject({ status: 401 });
    expect(await ask('/', of('ann:hunter2'))).toMatchObject({ status: 200 });
  });
});
