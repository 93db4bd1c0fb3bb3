// The process that compresses log files: `compress.cjs FILE...`, started by a host after a rotation. It ends when that is done.
import os from 'node:os';
import { compressFiles } from '../src/log/compress.ts';

const LOWEST_PRIORITY = 19;

async function main(): Promise<void> {
  process.title = 'holdfast: compress';
  os.setPriority(LOWEST_PRIORITY);
  const stopped = new AbortController();
  process.once('SIGTERM', () => stopped.abort());
  await compressFiles(process.argv.slice(2), stopped.signal);
}

main().catch(() => process.exit(1));
