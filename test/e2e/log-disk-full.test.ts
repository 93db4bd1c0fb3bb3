// A disk that fills: it is said once, the app goes on, and when there is room again the log goes on and says what is missing.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

const LINES = 200_000;
const PATIENT = { timeoutMs: 60_000 };

/** A file on a disk that is full, or soon will be. */
interface SmallDisk {
  readonly file: string;
  makeRoom(): void;
  remove(): void;
}

let site: Site;
let disk: SmallDisk;
beforeEach(() => {
  site = createSite();
  disk = mountSmall() ?? linkToFull();
});
afterEach(async () => {
  await site.dispose();
  disk.remove();
});

/** 20 MB, of which most is taken. Null where this user may not mount. */
function mountSmall(): SmallDisk | null {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    fs.rmdirSync(folder);
    return null; // no root, or a container that may not: the other disk is full as well
  }
  const ballast = path.join(folder, 'ballast');
  fs.writeFileSync(ballast, Buffer.alloc(15 * 2 ** 20));
  return {
    file: path.join(folder, 'app.log'),
    makeRoom: () => fs.rmSync(ballast),
    remove() {
      execFileSync('umount', [folder]);
      fs.rmdirSync(folder);
    },
  };
}

/** full(4): every write says ENOSPC. */
function linkToFull(): SmallDisk {
  const file = path.join(site.folder, 'app.log');
  fs.symlinkSync('/dev/full', file);
  return { file, makeRoom: () => fs.rmSync(file), remove: () => {} };
}

it('a full disk is told once, holds nobody up, and every line that is not in the file is counted', async () => {
  const claims = path.join(site.folder, 'claims');
  const config = site.ecosystem({
    name: 'app',
    script: fixture('counts.cjs'),
    env: { CLAIMS: claims, LINES: String(LINES) },
    out_file: disk.file,
    error_file: '/dev/null',
  });
  expect(await site.run('start', config)).toMatchObject({ code: 0 });
  const said = (pattern: RegExp): string[] =>
    site
      .events('app')
      .map(({ text }) => text)
      .filter((text) => pattern.test(text));
  const pid = (await site.instances('app'))[0]!.pid!;
  await waitFor('the app', () => fs.existsSync(claims));
  process.kill(pid, 'SIGUSR2');
  await waitFor('it to be said', () => said(/^cannot write .*app\.log: no space left on the device/).length > 0, PATIENT);
  await waitFor('the app to have written all', () => fs.readFileSync(claims, 'utf8').includes(`${pid} ${LINES}`), PATIENT);
  expect(said(/cannot write/)).toHaveLength(1);
  expect(await site.run('ls')).toMatchObject({ code: 0 });
  disk.makeRoom();
  const [recovered] = await waitFor(
    'better times',
    () => {
      const found = said(/^writing .*app\.log again/);
      return found.length > 0 && found;
    },
    PATIENT,
  );
  const lost = Number(/ (\d+) lines? \(.*\) w(?:as|ere) lost$/.exec(recovered!)![1]);
  expect(lost).toBeGreaterThan(0);
  const lines = (): string[] => fs.readFileSync(disk.file, 'latin1').split('\n').slice(0, -1);
  await waitFor('the lines that were kept', () => lines().length + lost === LINES);
  expect(lines().filter((line) => !/^\d+ \d+ \.{60}$/.test(line))).toEqual([]);
});
