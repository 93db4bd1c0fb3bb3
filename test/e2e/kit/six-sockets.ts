// What listens in every way there is (balance/six-sockets.cjs), and asking it in each.
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import http2 from 'node:http2';
import path from 'node:path';
import { ask } from './ask.ts';
import { makeCertificate } from './certificate.ts';
import { freePort } from './ports.ts';
import type { Site } from './site.ts';
import { waitFor } from './wait.ts';

export interface SixSockets {
  /** What the app is told of them. */
  readonly env: Readonly<Record<string, string>>;
  /** The path of one of them. */
  readonly path: string;
  /** Their ports, but for `free`, which the app prints. */
  readonly ports: { readonly v6: number; readonly tls: number; readonly http2: number };
  /** Resolves to the port that the app has printed. */
  free(site: Site): Promise<number>;
  /** Six answers, one by each. */
  answers(free: number): Promise<string[]>;
  dispose(): void;
}

/** For an app that is called `web`. Everybody may read the certificate; the path lies in `folder`. */
export async function chooseSixSockets(folder: string): Promise<SixSockets> {
  const [v6, tls, h2, udp] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const [socketPath, certificate] = [path.join(folder, 'web.sock'), makeCertificate()];
  fs.chmodSync(certificate, 0o755);
  for (const name of fs.readdirSync(certificate)) fs.chmodSync(path.join(certificate, name), 0o644);
  const numbers = { PORT6: v6, PORT_TLS: tls, PORT_H2: h2, PORT_UDP: udp };
  const texts = Object.fromEntries(Object.entries(numbers).map(([name, port]) => [name, String(port)]));
  return {
    env: { ...texts, SOCKET: socketPath, TLS_FOLDER: certificate },
    path: socketPath,
    ports: { v6, tls, http2: h2 },
    free: (site) =>
      waitFor('the free port', async () => {
        const printed = (await site.logs('web')).flatMap(({ text }) => /^port (\d+)$/.exec(text)?.[1] ?? []);
        return printed.length > 0 && Number(printed[0]);
      }),
    async answers(free) {
      const bodies = await Promise.all([
        ask({ port: free }),
        ask({ port: v6, host: '::1' }),
        ask({ socketPath }),
        ask({ port: tls, rejectUnauthorized: false }, 'https'),
      ]);
      return [...bodies.map(({ body }) => body), await askByHttp2(h2), await askByDatagram(udp)];
    },
    dispose: () => fs.rmSync(certificate, { recursive: true }),
  };
}

async function askByHttp2(port: number): Promise<string> {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  const request = session.on('error', () => {}).request({ ':path': '/' });
  const chunks = await request.setEncoding('utf8').toArray();
  session.destroy();
  return chunks.join('');
}

async function askByDatagram(port: number): Promise<string> {
  const client = dgram.createSocket('udp4');
  const answer = once(client, 'message');
  client.send('?', port, '127.0.0.1');
  const [message] = (await answer) as [Buffer];
  client.close();
  return String(message);
}
