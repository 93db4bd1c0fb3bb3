// Decides where the output of an app goes and what stands before each line.
import { join, resolve } from 'node:path';
import type { AppSpec } from '../model/app-spec.ts';
import { TIME_FORMAT } from '../model/date-format.ts';
import { settingOf } from './attributes.ts';
import { expandHome } from './lookup.ts';
import type { Report } from './report.ts';
import type { Settings } from './schema.ts';

export interface LogSources {
  readonly name: string;
  readonly cwd: string;
  readonly mode: AppSpec['mode'];
  readonly env: Readonly<Record<string, string>>;
  /** Null: what has no path of its own is not written. */
  readonly logsFolder: string | null;
}

export type LogSettings = Pick<
  AppSpec,
  'outFile' | 'errorFile' | 'combinedFile' | 'mergeLogs' | 'logJson' | 'logDateFormat' | 'logRotation'
>;

/** Paths are absolute, before the instance's id is put in. */
export function decideLogs(settings: Settings, sources: LogSources, report: Report): LogSettings {
  const isStored = !settingOf(settings, 'disable_logs');
  return {
    outFile: isStored ? logFile(settings.out_file, '-out', sources) : null,
    errorFile: isStored ? logFile(settings.error_file, '-error', sources) : null,
    combinedFile: isStored ? combinedFile(settings, sources) : null,
    mergeLogs: settings.merge_logs ?? (sources.mode === 'fork' && settings.instances === undefined),
    logJson: settingOf(settings, 'log_type') === 'json',
    logDateFormat: dateFormat(settings, report),
    logRotation: rotation(settings),
  };
}

function combinedFile(settings: Settings, sources: LogSources): string | null {
  const named = settings.log_file ?? null;
  return named === null ? null : logFile(named === true ? undefined : named, '', sources);
}

function rotation(settings: Settings): AppSpec['logRotation'] {
  const maxAgeMs = settingOf(settings, 'log_max_age');
  return {
    maxBytes: settingOf(settings, 'log_max_size'),
    everyMs: settingOf(settings, 'log_rotate_every'),
    maxFiles: settingOf(settings, 'log_max_files'),
    maxAgeMs: maxAgeMs === 0 ? null : maxAgeMs,
    compress: settingOf(settings, 'log_compress'),
    totalMaxBytes: settingOf(settings, 'log_total_max'),
  };
}

/** A name may have slashes, a file name may not. */
function logFile(
  named: string | null | undefined,
  stream: '-out' | '-error' | '',
  { name, cwd, env, logsFolder }: LogSources,
): string | null {
  if (named === undefined) return logsFolder === null ? null : join(logsFolder, `${name.replaceAll('/', '-')}${stream}.log`);
  return named === null ? null : resolve(cwd, expandHome(named.trim(), env));
}

function dateFormat(settings: Settings, report: Report): string | null {
  const format = settings.log_date_format;
  const isTimed = settingOf(settings, 'time');
  if (format === undefined) return isTimed ? TIME_FORMAT : null;
  if (isTimed)
    report.warn(`time and log_date_format are both given; log_date_format (${format ?? 'false'}) is used, unlike in PM2`, {
      key: 'log_date_format',
    });
  if (format !== null && !/[YMDdHhmsSAaZXx]/.test(format.replaceAll(/\[[^\]]*\]/g, ''))) {
    report.warn(`log_date_format ${JSON.stringify(format)} has no token, so every line gets the same text`, {
      key: 'log_date_format',
      found: format,
      accepted: 'tokens such as "YYYY-MM-DD HH:mm:ss.SSS Z"',
    });
  }
  return format;
}
