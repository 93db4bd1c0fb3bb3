// Free TCP ports for tests that run side by side: each worker takes them from a range of its own, below the kernel's ephemeral ports.
import net from 'node:net';

const FIRST = 12_000;
const RANGE = 400;
const RANGES = 48;

const seed = Number.parseInt((process.env['HOLDFAST_TEST_RUN'] ?? String(process.pid)).slice(0, 6), 16) || process.pid;
const start = FIRST + ((seed + Number(process.env['VITEST_POOL_ID'] ?? 0)) % RANGES) * RANGE;
let next = process.pid % RANGE;

/** A port that nobody listens on, on any address. Not handed out again by this worker until its range is used up. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < RANGE; tries += 1) {
    const port = start + (next++ % RANGE);
    if (await canListen(port)) return port;
  }
  throw new Error(`Cannot find a free port: all of ${start} to ${start + RANGE - 1} are taken.`);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
