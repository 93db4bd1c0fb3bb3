// Finds a Node of a given version where version managers keep theirs. It installs none.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expandHome, isExecutable } from './lookup.ts';

/** A version manager: where it keeps its versions, and how one is installed with it. */
export interface Store {
  readonly name: string;
  /** Absolute; it need not exist. */
  readonly folder: string;
  /** From the folder of one version. */
  readonly bin: string;
  readonly install: (version: string) => string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Every known manager, as an environment sets it up. */
export function nodeStores(env: Environment): readonly Store[] {
  const root = (variable: string, standard: string): string => env[variable] ?? expandHome(standard, env);
  const shared = env['XDG_DATA_HOME'] ?? expandHome('~/.local/share', env);
  const store = (name: string, folder: string, install: Store['install'], bin = 'bin/node'): Store => ({ name, folder, bin, install });
  return [
    store('nvm', `${root('NVM_DIR', '~/.nvm')}/versions/node`, (version) => `nvm install ${version}`),
    store('fnm', `${env['FNM_DIR'] ?? `${shared}/fnm`}/node-versions`, (version) => `fnm install ${version}`, 'installation/bin/node'),
    store('volta', `${root('VOLTA_HOME', '~/.volta')}/tools/image/node`, (version) => `volta fetch node@${version}`),
    store('asdf', `${root('ASDF_DATA_DIR', '~/.asdf')}/installs/nodejs`, (version) => `asdf install nodejs latest:${version}`),
    store('mise', `${env['MISE_DATA_DIR'] ?? `${shared}/mise`}/installs/node`, (version) => `mise install node@${version}`),
    store('nodenv', `${root('NODENV_ROOT', '~/.nodenv')}/versions`, (version) => `nodenv install ${version}`),
    store('n', `${root('N_PREFIX', '/usr/local')}/n/versions/node`, (version) => `n ${version}`),
  ];
}

/** An installed Node. */
export interface InstalledNode {
  /** Without a `v`. */
  readonly version: string;
  readonly file: string;
}

/** What a manager has, the newest first. */
export function installedIn({ folder, bin }: Store): readonly InstalledNode[] {
  return namesIn(folder)
    .map((name) => ({ version: name.replace(/^v/, ''), file: path.join(folder, name, bin) }))
    .filter(({ version, file }) => /^\d+\.\d+\.\d+$/.test(version) && isExecutable(file))
    .sort((a, b) => compareVersions(b.version, a.version));
}

/** Whether `22.3.1` is a `22`, a `22.3`, a `22.3.1`. */
export function isOfVersion(version: string, wanted: string): boolean {
  return version === wanted || version.startsWith(`${wanted}.`);
}

/** Negative where `a` is the older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  return left!.map((part, place) => part - right![place]!).find((difference) => difference !== 0) ?? 0;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // that manager is not here
  }
}
