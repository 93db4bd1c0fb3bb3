// A daemon that answers from a table: a small HTTP server on a Unix socket for tests of its clients. It knows no app.
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

/** An answer: a JSON value with its status, or values of an event stream. `open` keeps the stream open after them, `cut` breaks it. */
export type Answer =
  | { readonly status: number; readonly json: unknown }
  | { readonly stream: readonly unknown[]; readonly open?: boolean; readonly cut?: boolean };

/** What was asked: `GET /v1/apps?full=1`, with the body of a POST. */
export interface Asked {
  readonly line: string;
  readonly body: unknown;
}

/** A canned daemon. `asked` grows with every request. */
export interface CannedDaemon {
  readonly home: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** Listens in a temporary home of its own. Each request takes the answers of its line in turn; the last one stays. */
export async function startCannedDaemon(answers: Readonly<Record<string, Answer | readonly Answer[]>>): Promise<CannedDaemon> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'hf-'));
  const asked: Asked[] = [];
  const left = new Map(Object.entries(answers).map(([line, answer]) => [line, Array.isArray(answer) ? [...answer] : [answer]]));
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const line = `${request.method} ${decodeURIComponent(request.url ?? '')}`;
      const body: unknown = chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString());
      asked.push({ line, body });
      const queue = left.get(line) ?? left.get(line.replace(/\?.*$/, '')) ?? [];
      send(response, (queue.length > 1 ? queue.shift() : queue[0]) ?? notCanned(line));
    });
  });
  await new Promise<void>((resolve) => void server.listen(path.join(home, 'daemon.sock'), resolve));
  return {
    home,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
      rmSync(home, { recursive: true });
    },
  };
}

function notCanned(line: string): Answer {
  return { status: 500, json: { error: { code: 'INTERNAL', message: `Cannot answer ${line}: it is not canned.` } } };
}

function send(response: http.ServerResponse, answer: Answer): void {
  if ('json' in answer) {
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.json));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const value of answer.stream) response.write(`data: ${JSON.stringify(value)}\n\n`);
  if (answer.cut === true) response.write('\n', () => response.destroy());
  else if (answer.open !== true) response.end();
}
