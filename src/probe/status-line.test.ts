// What counts as the status of an answer.
import { describe, expect, it } from 'vitest';
import { readStatus } from './status-line.ts';

const status = (code: number, text: string) => ({ kind: 'status', status: code, text });

describe('the status of an answer', () => {
  it.each([
    ['HTTP/1.1 200 OK\r\n', status(200, '200 OK')],
    ['HTTP/1.0 503 Service Unavailable\r\nServer: x\r\n\r\nbody', status(503, '503 Service Unavailable')],
    ['HTTP/1.1 204\r\n', status(204, '204')],
    ['HTTP/1.1 204 \r\n', status(204, '204')],
    ['HTTP/1.1 404 Not Found\n', status(404, '404 Not Found')],
    ['HTTP/1.1 200 O\x1b[31mK\r\n', status(200, '200 O[31mK')],
    ['HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n', status(200, '200 OK')],
    ['HTTP/1.1 101 Switching Protocols\r\n\r\n', status(101, '101 Switching Protocols')],
    ['', { kind: 'unfinished' }],
    ['HTT', { kind: 'unfinished' }],
    ['HTTP/1.1 200 OK', { kind: 'unfinished' }],
    ['HTTP/1.1 103 Early Hints\r\nLink', { kind: 'unfinished' }],
    ['SSH-2.0-OpenSSH', { kind: 'not-http' }],
    ['\x15\x03\x01', { kind: 'not-http' }],
    ['HTTP/2 200\r\n', { kind: 'not-http' }],
    ['HTTP/1.1 abc\r\n', { kind: 'not-http' }],
    [`HTTP/1.1 200 ${'x'.repeat(9000)}`, { kind: 'not-http' }],
  ])('of %j', (answer, expected) => {
    expect(readStatus(answer)).toEqual(expected);
  });
});
