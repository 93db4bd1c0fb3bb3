// The manager's own processes of a site, killing them, and what may be left of those that died.
import fs from 'node:fs';
import path from 'node:path';
import { isAlive } from './processes.ts';
import type { Site } from './site.ts';
import { waitFor } from './wait.ts';

export interface Manager {
  readonly pid: number;
  readonly command: string;
}

/** Daemon and hosts, living ones. */
export function managersOf(site: Site): Manager[] {
  return site.processes().filter(({ command }) => command.startsWith('holdfast: '));
}

/** The pids of the hosts of that name: one, but for the moment of a takeover. */
export function hostsOf(site: Site, name: string): number[] {
  return managersOf(site).flatMap(({ pid, command }) => (command === `holdfast: host ${name}` ? [pid] : []));
}

/** The pids of the daemons: one, but for the moment in which several try to be it. */
export function daemonsOf(site: Site): number[] {
  return managersOf(site).flatMap(({ pid, command }) => (command === 'holdfast: daemon' ? [pid] : []));
}

/** SIGKILL to all of them at once; resolves when they are dead. */
export async function killHard(...pids: number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await waitFor('their end', () => !pids.some(isAlive), { everyMs: 5 });
}

/** Resolves to the pid of the host of that name that answers to the daemon and is none of these. */
export function hostAfter(site: Site, name: string, ...dead: number[]): Promise<number> {
  return waitFor('the next host', async () => {
    const host = (await site.manager()).hosts.find((one) => one.name === name);
    return host !== undefined && !dead.includes(host.pid) && host.pid;
  });
}

/** Waits until no lock, no election file, no half-written file and no FIFO is there but for those of the daemon, of this one host and of these processes. */
export async function expectNothingLeft(site: Site, host: string, fifos: readonly string[]): Promise<void> {
  const wanted = ['daemon.lock', ...['json', 'lock', 'pipes', 'sock'].map((end) => `hosts/${host}.${end}`)];
  const pipes = fifos.map((name) => `hosts/${host}.pipes/${name}`);
  const isKnown = (name: string): boolean => /^(hosts\/|.*\.(lock|takeover|tmp)\b)/.test(name) && !path.basename(name).startsWith('spare.');
  await waitFor('no other file', () => {
    const files = fs.readdirSync(site.home, { recursive: true, encoding: 'utf8' }).filter(isKnown).sort();
    return files.join() === [...wanted, ...pipes].sort().join() || Promise.reject(new Error(files.join()));
  });
}
