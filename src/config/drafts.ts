// Collects the apps that the user named, from scripts and config files, with the options of the command line laid over them.
import { dirname, resolve } from 'node:path';
import type { Override } from './attributes.ts';
import { isConfigFile, STANDARD_INPUT } from './find.ts';
import { START_FLAGS } from './flags.ts';
import type { StartFlag, StartFlags } from './flags.ts';
import { isFile } from './lookup.ts';
import { loadConfig, parseConfig } from './load.ts';
import type { LoadedConfig } from './load.ts';
import type { Findings, Report } from './report.ts';
import { createReport } from './report.ts';
import { findAttribute, isAttribute } from './schema.ts';
import type { AttributeName } from './schema.ts';
import { listApps } from './shape.ts';
import type { RawApp } from './shape.ts';
import { nameOfScript } from './spec.ts';
import { suggest } from './suggest.ts';
import { readValue } from './values.ts';

/** One app, named but not yet read. */
export interface Draft {
  readonly name: string;
  readonly raw: RawApp;
  readonly overrides: readonly Override[];
  /** Null for a script. */
  readonly configFolder: string | null;
  /** Absolute, or `standard input`, or `the given config`; null for a script. */
  readonly configFile: string | null;
  readonly report: Report;
  /** All apps of its file, whichever were chosen: each with its name, and as it is written in the file. */
  readonly siblings: readonly { readonly name: string; readonly written: string }[];
}

/** The part of a request that drafts need. */
export interface DraftRequest {
  /** What the user named, in order: script paths, commands, shell lines, config files. */
  readonly targets: readonly string[];
  readonly flags: StartFlags;
  /** What stood after `--`. */
  readonly scriptArgs: readonly string[];
  /** Absolute. */
  readonly callerCwd: string;
  /** All of standard input, which the target `-` means. Rejects with the reason where nothing can be read. */
  readonly readInput: () => Promise<string>;
  /** What `-` means instead where a program has the config at hand: the value that a file would have. */
  readonly config?: object;
  /** The Node that runs apps: `process.execPath` of the CLI. */
  readonly nodePath: string;
}

/** Every app that was named, after `--only`. Config files are loaded one after the other, as code in them may share state. */
export async function collectDrafts(request: DraftRequest, findings: Findings): Promise<readonly Draft[]> {
  const drafts: Draft[] = [];
  const scripts = request.targets.filter((target) => !isConfigFile(target));
  if (scripts.length === 0) warnUnused(request, createReport(findings, null));
  for (const target of request.targets) {
    if (isConfigFile(target)) drafts.push(...(await draftConfig(target, request, findings)));
    else drafts.push(draftScript(target, request, findings));
  }
  return selectOnly(drafts, request.flags, createReport(findings, null));
}

async function draftConfig(target: string, request: DraftRequest, findings: Findings): Promise<readonly Draft[]> {
  const isInput = target === STANDARD_INPUT;
  const file = resolve(request.callerCwd, target);
  const inputName = request.config === undefined ? 'standard input' : 'the given config';
  const report = createReport(findings, isInput ? inputName : target);
  const loaded = isInput ? await loadInput(request, report) : await loadFile(file, request, report);
  if (loaded === null) return [];
  const overrides = overridesOf(request.flags, (flag) => flag.withConfigFile);
  const place = isInput ? { configFolder: request.callerCwd, configFile: inputName } : { configFolder: dirname(file), configFile: file };
  const apps = listApps(loaded.value, /(?:^|\/)package\.json$/.test(file), report);
  const siblings = apps.map((raw, index) => ({
    name: fullNameOf(raw, overrides, request.flags) || `number ${index + 1}`,
    written: nameOf(raw, overrides),
  }));
  return apps.map((raw, index) => {
    const { name } = siblings[index]!;
    return { name, raw, overrides, ...place, report: report.about(name), siblings };
  });
}

async function loadFile(file: string, { nodePath }: DraftRequest, report: Report): Promise<LoadedConfig | null> {
  if (isFile(file)) return loadConfig(file, report, nodePath);
  report.error(`there is no such file (${file})`, { key: null });
  return null;
}

async function loadInput({ readInput, config }: DraftRequest, report: Report): Promise<LoadedConfig | null> {
  if (config !== undefined) return { value: config };
  try {
    return await parseConfig(await readInput(), report);
  } catch (error) {
    report.error(`cannot be read: ${(error as Error).message}`);
    return null;
  }
}

function draftScript(target: string, request: DraftRequest, findings: Findings): Draft {
  const overrides = overridesOf(request.flags, () => true);
  const raw = { script: target, ...(request.scriptArgs.length === 0 ? {} : { args: request.scriptArgs }) };
  const name = fullNameOf(raw, overrides, {});
  const report = createReport(findings, null);
  for (const option of ['env', 'only']) {
    if (request.flags[option] !== undefined)
      report.warn(`--${option} has no effect: ${target} is a script, not a config file`, { key: `--${option}` });
  }
  return { name, raw, overrides, configFolder: null, configFile: null, report: report.about(name), siblings: [] };
}

/** The name with what is put before and behind it. */
function fullNameOf(raw: RawApp, overrides: readonly Override[], { env }: StartFlags): string {
  const name = nameOf(raw, overrides);
  const said = (attribute: AttributeName): unknown => Object.entries(raw).find(([key]) => findAttribute(key) === attribute)?.[1];
  const prefix = said('name_prefix');
  const wantsEnv = readValue('flag', said('append_env_to_name'));
  const isPrefixed = name !== '' && typeof prefix === 'string' && prefix.trim() !== '';
  return `${isPrefixed ? `${prefix.trim()}:` : ''}${name}${name !== '' && wantsEnv.ok && wantsEnv.value && typeof env === 'string' ? `-${env}` : ''}`;
}

/** A name that is no string is reported when the app is read; until then the script names it. */
function nameOf(raw: RawApp, overrides: readonly Override[]): string {
  const given = overrides.find(({ attribute }) => attribute === 'name')?.value ?? raw['name'];
  if ((typeof given === 'string' || typeof given === 'number') && String(given).trim() !== '') return String(given).trim();
  return nameOfScript(scriptOf(raw) ?? '');
}

/** The script under any of its spellings, as it was written. */
export function scriptOf(raw: RawApp): string | null {
  const script = Object.entries(raw).find(([key, value]) => findAttribute(key) === 'script' && typeof value === 'string')?.[1];
  return typeof script === 'string' ? script : null;
}

/** What the options of the command line say of attributes; `counts` chooses among them. */
export function overridesOf(flags: StartFlags, counts: (flag: StartFlag) => boolean): readonly Override[] {
  return START_FLAGS.flatMap((flag) => {
    const value = valueOf(flags, flag);
    if (value === undefined || flag.attribute === null || !isAttribute(flag.attribute) || !counts(flag)) return [];
    return [{ attribute: flag.attribute, spelling: `--${flag.name}`, value: flag.takes === 'nothing' ? flag.sets : meant(flag, value) }];
  });
}

function meant({ means }: StartFlag, value: StartFlags[string]): StartFlags[string] {
  if (means === 'seconds' && typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value)) return `${value.trim()}s`;
  return means === 'words' && Array.isArray(value) ? value.flatMap((one: string) => one.trim().split(/\s+/)) : value;
}

function valueOf(flags: StartFlags, flag: StartFlag): StartFlags[string] | undefined {
  return [flag.name, ...flag.aliases].map((name) => flags[name]).find((value) => value !== undefined);
}

function warnUnused({ flags, scriptArgs, targets }: DraftRequest, report: Report): void {
  const unused = START_FLAGS.filter((flag) => !flag.withConfigFile && valueOf(flags, flag) !== undefined).map((flag) => `--${flag.name}`);
  if (unused.length > 0)
    report.warn(`${unused.join(', ')} ${unused.length === 1 ? 'has' : 'have'} no effect with a config file, as in PM2`, {
      key: unused[0]!,
      suggestion: `Set it in ${targets[0] ?? 'the file'}.`,
    });
  if (scriptArgs.length > 0)
    report.warn('what stands after -- has no effect with a config file', {
      key: '--',
      suggestion: `Set args in ${targets[0] ?? 'the file'}.`,
    });
}

function selectOnly(drafts: readonly Draft[], flags: StartFlags, report: Report): readonly Draft[] {
  const asked = flags['only'];
  if (typeof asked !== 'string' || drafts.every(({ configFolder }) => configFolder === null)) return drafts;
  const names = asked
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const known = drafts.map(({ name }) => name);
  for (const name of names.filter((one) => !known.includes(one))) {
    const near = suggest(name, known);
    report.error(`--only ${name} matches no app; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`, {
      key: '--only',
      found: name,
      suggestion: near === null ? null : `Did you mean ${near}?`,
    });
  }
  if (names.length === 0) report.error('--only names no app', { key: '--only', found: asked, accepted: 'names with commas between them' });
  return drafts.filter(({ name, configFolder }) => configFolder === null || names.includes(name));
}
