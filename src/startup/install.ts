// Puts a unit into systemd and takes it out again. What the unit says is decided in systemd.ts.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../model/errors.ts';
import { explainErrno } from '../platform/errno.ts';

/** Where systemd is on a machine. */
export interface Systemd {
  /** Folder of the units that administrators add (systemd.unit(5)). */
  readonly unitFolder: string;
  /** Is there while systemd runs the machine (sd_booted(3)). */
  readonly bootedMark: string;
  /** Name or path of the program. */
  readonly systemctl: string;
}

/** Of this machine. */
export const SYSTEMD: Systemd = {
  unitFolder: '/etc/systemd/system',
  bootedMark: '/run/systemd/system',
  systemctl: 'systemctl',
};

/** Whether systemd runs this machine. In an image that is being built it does not, and units can be enabled all the same. */
export function isBooted(systemd: Systemd): boolean {
  return fs.existsSync(systemd.bootedMark);
}

/** The file of a unit. */
export function unitFile(systemd: Systemd, unit: string): string {
  return path.join(systemd.unitFolder, `${unit}.service`);
}

/** Writes the unit, replacing an earlier one, and enables it for the next boot; starts nothing. Throws OPERATION_FAILED naming what is missing. */
export function installUnit(systemd: Systemd, unit: string, text: string): void {
  const file = unitFile(systemd, unit);
  const verb = `set up startup in ${file}`;
  try {
    // World-readable like all units: there is no secret in it.
    fs.writeFileSync(`${file}.new`, text, { mode: 0o644 });
    fs.renameSync(`${file}.new`, file);
  } catch (error) {
    throw new HoldfastError('OPERATION_FAILED', `Cannot ${verb}: ${explainErrno(error)}.`, { cause: error });
  }
  if (isBooted(systemd)) callSystemctl(systemd, ['daemon-reload'], verb);
  callSystemctl(systemd, ['enable', `${unit}.service`], verb);
}

/** Disables and removes the unit; what runs goes on. False where there is none. */
export function removeUnit(systemd: Systemd, unit: string): boolean {
  const file = unitFile(systemd, unit);
  if (!fs.existsSync(file)) return false;
  const verb = `remove startup from ${file}`;
  callSystemctl(systemd, ['disable', `${unit}.service`], verb);
  try {
    fs.rmSync(file);
  } catch (error) {
    throw new HoldfastError('OPERATION_FAILED', `Cannot ${verb}: ${explainErrno(error)}.`, { cause: error });
  }
  if (isBooted(systemd)) callSystemctl(systemd, ['daemon-reload'], verb);
  return true;
}

function callSystemctl({ systemctl }: Systemd, args: readonly string[], verb: string): void {
  const { error, status, signal, stderr } = spawnSync(systemctl, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (error === undefined && status === 0) return;
  const typed = `systemctl ${args.join(' ')}`;
  const reason =
    error === undefined
      ? `${typed} ended with ${signal ?? `code ${status}`}${stderr.trim() === '' ? '' : ` (${stderr.trim().replaceAll(/\s*\n\s*/g, ' ')})`}`
      : `${typed} cannot be run (${explainErrno(error)})`;
  throw new HoldfastError('OPERATION_FAILED', `Cannot ${verb}: ${reason}. What was written so far stays.`, { hint: typed });
}
