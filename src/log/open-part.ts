// Opens a part of a log wherever it is by now: it may have been put aside or compressed since it was listed.
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { errnoOf } from '../platform/errno.ts';
import { partsOf } from './parts.ts';
import type { LogPart } from './parts.ts';

/** What was listed, open. */
export interface OpenPart {
  readonly file: FileHandle;
  readonly isCompressed: boolean;
}

/** Rejects with the system's error where it is nowhere any more. */
export async function openPart(part: LogPart): Promise<OpenPart> {
  const found = await openIfSame(part);
  if (found !== null) return found;
  if (!part.isPresent) return { file: await open(`${part.path}.gz`, 'r'), isCompressed: true };
  const moved = partsOf(part.path).find(({ inode }) => inode === part.inode);
  return { file: await open(moved?.path ?? part.path, 'r'), isCompressed: false };
}

/** Null where the name is gone or another file's; that of a compressed one is never given again. */
async function openIfSame({ path, inode, isCompressed }: LogPart): Promise<OpenPart | null> {
  try {
    const file = await open(path, 'r');
    if (isCompressed || (await file.stat()).ino === inode) return { file, isCompressed };
    await file.close();
    return null;
  } catch (error) {
    if (isCompressed || errnoOf(error) !== 'ENOENT') throw error;
    return null;
  }
}
