// One HTTP request on a connection of its own, or on the given agent's, as a promise of the whole answer.
import http from 'node:http';
import https from 'node:https';
import type tls from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Rejects with the client's error; a request that gets no answer in `timeout` (10 s) is an error too. */
export function ask(
  options: http.RequestOptions | (https.RequestOptions & tls.ConnectionOptions),
  protocol: 'http' | 'https' = 'http',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { get } = protocol === 'http' ? http : https;
    const request = get({ host: '127.0.0.1', agent: false, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      response.on('error', reject);
    });
    request.setTimeout(options.timeout ?? 10_000, () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
  });
}

/** The bodies of `count` requests, one after the other, a connection each. */
export async function askInTurn(count: number, options: http.RequestOptions): Promise<string[]> {
  const bodies: string[] = [];
  for (let nth = 0; nth < count; nth += 1) bodies.push((await ask(options)).body);
  return bodies;
}
