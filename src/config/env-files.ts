// Reads files of variables (dotenv) with Node's own parser. It knows nothing of what they are laid over.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import util from 'node:util';
import { expandHome, isFile } from './lookup.ts';
import type { Report } from './report.ts';

/** A file and what it sets, in its order. */
export interface EnvFile {
  /** Absolute. */
  readonly file: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface EnvFilePlaces {
  /** The working folder of the app; null where there is none, which was reported. */
  readonly cwd: string | null;
  /** Null for a script named on the command line. */
  readonly configFolder: string | null;
  readonly home: Readonly<Record<string, string | undefined>>;
}

/** Every file that is named, in order; whatever is wrong with one is reported. */
export function readEnvFiles(named: readonly string[], places: EnvFilePlaces, report: Report): readonly EnvFile[] {
  return named.map((name) => readEnvFile(name, places, report)).filter((file) => file !== null);
}

function readEnvFile(name: string, { cwd, configFolder, home }: EnvFilePlaces, report: Report): EnvFile | null {
  const candidates = [cwd, configFolder].filter((folder) => folder !== null).map((folder) => resolve(folder, expandHome(name, home)));
  const file = candidates.find(isFile);
  if (file === undefined) {
    if (candidates.length === 0) return null;
    report.error(`env_file ${[...new Set(candidates)].join(', nor ')} does not exist`, {
      key: 'env_file',
      found: name,
      suggestion: 'Make it, or take it out of env_file.',
    });
    return null;
  }
  // Since 20.12; the types are those of the oldest Node.
  const { parseEnv } = util as { readonly parseEnv?: (text: string) => Record<string, string> };
  if (parseEnv === undefined) {
    report.error(`env_file needs Node 20.12 or later, and this is ${process.version}`, { key: 'env_file' });
    return null;
  }
  try {
    return { file, variables: parseEnv(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')) };
  } catch (error) {
    report.error(`env_file ${file} cannot be read: ${(error as Error).message}`, { key: 'env_file', found: name });
    return null;
  }
}
