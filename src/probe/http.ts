// One HTTP request by hand, of whose answer only the status counts. Not Node's client: its modules would stay in every host for ever.
import type { Socket } from 'node:net';
import type { ProbeSpec } from '../model/app-spec.ts';
import type { Bytes, Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import { dial, explainFailure } from './dial.ts';
import { createEnding } from './look.ts';
import type { Look, LookResult } from './look.ts';
import { readStatus } from './status-line.ts';

type HttpCheck = Extract<ProbeSpec['check'], { kind: 'http' }>;

/** An app whose answer is cut off may complain in its log: it may finish, but not for ever. */
const LINGER_MS: Ms = 1000;
const LINGER_BYTES: Bytes = 256 * 1024;

/** Passes when the answer has one of the statuses. */
export function lookHttp(check: HttpCheck, look: Look): Cancel {
  let socket: Socket | null = null;
  let isAnswered = false;
  let stopDialling: Cancel = () => {};
  const ending = createEnding(look, () => {
    stopDialling();
    if (!isAnswered) socket?.destroy();
  });

  function opened(plain: Socket, port: number | null): void {
    socket = plain;
    const failed = (error: Error): void => ending.fail(explainFailure(error, port));
    plain.on('error', failed);
    secure(plain, check.tls).then((stream) => {
      if (stream !== plain) stream.on('error', failed);
      stream.once('close', () => ending.fail('connection closed without an answer'));
      ask(stream, requestOf(check, port), (answer) => {
        isAnswered = answer.kind === 'status';
        if (isAnswered) linger(stream, look.clock);
        ending.end(resultOf(answer, check));
      });
    }, failed);
  }

  stopDialling = dial(look, check.port, { opened, taken: () => {}, failed: ending.fail });
  return ending.cancel;
}

/** node:tls is loaded by who needs it: 2 MB. */
async function secure(socket: Socket, isTls: boolean): Promise<Socket> {
  if (!isTls) return socket;
  const { openTls } = await import('./tls.ts');
  return openTls(socket);
}

function requestOf({ path }: HttpCheck, port: number | null): string {
  const host = port === null ? 'localhost' : `localhost:${port}`;
  // What a request line cannot hold is written as a URL would.
  const target = path.replaceAll(/[^\x21-\x7e]+/g, (part) => encodeURIComponent(part));
  return `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: holdfast\r\nAccept: */*\r\nConnection: close\r\n\r\n`;
}

type Answer = Exclude<ReturnType<typeof readStatus>, { kind: 'unfinished' }>;

function ask(stream: Socket, request: string, answered: (answer: Answer) => void): void {
  let text = '';
  const read = (chunk: Buffer): void => {
    text += chunk.toString('latin1');
    const answer = readStatus(text);
    if (answer.kind === 'unfinished') return;
    stream.off('data', read);
    answered(answer);
  };
  stream.on('data', read);
  stream.write(request);
}

function resultOf(answer: Answer, { statuses }: HttpCheck): LookResult {
  if (answer.kind === 'not-http') return { ok: false, text: 'the answer is not HTTP' };
  const { status, text } = answer;
  return { ok: statuses === null ? status >= 200 && status < 400 : statuses.includes(status), text };
}

function linger(stream: Socket, clock: Clock): void {
  let left = LINGER_BYTES;
  const stopClock = clock.setTimer(LINGER_MS, () => stream.destroy());
  stream.on('data', ({ length }: Buffer) => {
    left -= length;
    if (left < 0) stream.destroy();
  });
  stream.once('close', stopClock);
}
