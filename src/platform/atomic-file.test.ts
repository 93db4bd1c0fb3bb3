// State files: whole or not at all, also when the writer is killed.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleScript } from '../../test/bundle.ts';
import { moveAside, readJsonFile, writeFileAtomic } from './atomic-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  path = join(folder, 'state.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('writing', () => {
  it('replaces the file with a private one and leaves nothing else behind', async () => {
    writeFileSync(path, 'old');
    chmodSync(path, 0o644);
    await writeFileAtomic(path, '{"a":1}');
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777, readdirSync(folder)]).toEqual(['{"a":1}', 0o600, ['state.json']]);
  });

  it('takes away what a writer left that was killed, and nothing else', async () => {
    const dead = spawn(process.execPath, ['-e', '0']);
    await new Promise((resolve) => dead.once('exit', resolve));
    for (const name of [
      `state.json.${dead.pid}.tmp`,
      `state.json.${process.ppid}.tmp`,
      'state.json.unreadable-1',
      `stateXjson.${dead.pid}.tmp`,
    ])
      writeFileSync(join(folder, name), 'half');
    await writeFileAtomic(path, 'whole');
    expect(readdirSync(folder).sort()).toEqual(
      ['state.json', `state.json.${process.ppid}.tmp`, 'state.json.unreadable-1', `stateXjson.${dead.pid}.tmp`].sort(),
    );
  });

  it('keeps the order of calls: the last one wins', async () => {
    const texts = Array.from({ length: 30 }, (_, n) => String(n).repeat(n % 2 === 0 ? 200_000 : 1));
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
    expect(readFileSync(path, 'utf8') === texts.at(-1)).toBe(true);
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  it('leaves the old file as it was when it fails, says why, and does not stop the next write', async () => {
    await writeFileAtomic(path, 'old');
    mkdirSync(`${path}.${process.pid}.tmp`);
    const failing = writeFileAtomic(path, 'new');
    await expect(failing).rejects.toMatchObject({
      code: 'HOME_UNUSABLE',
      message: expect.stringContaining(`Cannot write ${path}: it is a folder`) as unknown,
    });
    expect(readFileSync(path, 'utf8')).toBe('old');
    rmSync(`${path}.${process.pid}.tmp`, { recursive: true });
    await writeFileAtomic(path, 'newer');
    expect(readFileSync(path, 'utf8')).toBe('newer');
  });

  it('never shows half a file, at whatever moment the writer is killed', async () => {
    const script = bundleScript(
      folder,
      `import { writeFileAtomic } from './src/platform/atomic-file.ts';
       (async () => { for (let n = 0; ; n += 1) { await writeFileAtomic(process.argv[2], JSON.stringify({ n, filler: 'x'.repeat(300_000) })); if (n === 0) console.log('first'); } })();`,
    );
    for (let round = 0; round < 8; round += 1) {
      const writer = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'], env: process.env });
      await new Promise((resolve) => writer.stdout.once('data', resolve));
      const seen = JSON.parse(readFileSync(path, 'utf8')) as { n: number };
      await vi.waitFor(() => expect((JSON.parse(readFileSync(path, 'utf8')) as { n: number }).n).toBeGreaterThan(seen.n + round), {
        interval: 1,
      });
      writer.kill('SIGKILL');
      await vi.waitFor(() => expect(writer.signalCode).toBe('SIGKILL'));
      expect(readJsonFile(path)).toMatchObject({ kind: 'value', value: { filler: 'x'.repeat(300_000) } });
    }
  }, 30_000);
});

describe('reading', () => {
  it('tells a value, an absent file and an unreadable one apart', () => {
    expect(readJsonFile(path)).toEqual({ kind: 'absent' });
    writeFileSync(path, '{"a":[1]}');
    expect(readJsonFile(path)).toEqual({ kind: 'value', value: { a: [1] } });
    writeFileSync(path, '');
    expect(readJsonFile(path)).toEqual({ kind: 'unreadable', reason: 'the file is empty' });
    expect(readJsonFile(folder)).toEqual({ kind: 'unreadable', reason: 'it is a folder (EISDIR)' });
  });

  it('gives nothing of the content away in its reason', () => {
    writeFileSync(path, '{"PASSWORD":"secret"');
    expect(readJsonFile(path)).toEqual({ kind: 'unreadable', reason: 'its 20 bytes are not valid JSON' });
  });
});

it('moves a file aside under a new name, never over another one', () => {
  const names = Array.from({ length: 5 }, (_, n) => {
    writeFileSync(path, String(n));
    return moveAside(path);
  });
  expect(new Set(names).size).toBe(5);
  expect(names.map((name) => readFileSync(name, 'utf8'))).toEqual(['0', '1', '2', '3', '4']);
  expect(names[0]).toMatch(/state\.json\.unreadable-\d{4}-/);
});
