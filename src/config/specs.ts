// The public door of the config stage: what the user named becomes app specs, with every problem found on the way.
import type { AppSpec } from '../model/app-spec.ts';
import { readAttributes } from './attributes.ts';
import { checkDependencies, withFullNames } from './dependencies.ts';
import { collectDrafts, scriptOf } from './drafts.ts';
import type { Draft, DraftRequest } from './drafts.ts';
import { typeStrippingOf } from './interpreter.ts';
import { stripsTypes } from './load-script.ts';
import { withRotationDefaults } from './module-settings.ts';
import type { ModuleSettings } from './module-settings.ts';
import { NO_PM2_DEFAULTS, readPm2Defaults, withPm2Defaults } from './pm2-defaults.ts';
import type { Pm2Defaults } from './pm2-defaults.ts';
import type { Problem } from './problem.ts';
import type { Findings, Report } from './report.ts';
import { createFindings, createReport } from './report.ts';
import { looksLikeConfig } from './script-config.ts';
import { buildSpec } from './spec.ts';
import type { SpecContext } from './spec.ts';

/** What the command line asked for; nothing is read from the process besides. */
export interface SpecRequest extends DraftRequest {
  /** `process.env` itself, no copy: what a config file adds to it (dotenv) reaches its apps, as in PM2. It is read after the files. */
  readonly callerEnv: Readonly<Record<string, string | undefined>>;
  /** Who runs the command: `process.getuid()`. */
  readonly callerUid: number;
  /** Absolute folder of log files that have no path of their own; null: those are not written. */
  readonly logsFolder: string | null;
  /** Absolute folder of pid files that have no path of their own; null: none are written. */
  readonly pidsFolder: string | null;
  /** What `set` has set: defaults of log rotation. */
  readonly moduleSettings: ModuleSettings;
  /** Whether PM2's variables (PM2_KILL_TIMEOUT and its like) hold where an app says nothing; not where nothing is said. */
  readonly asPm2?: boolean;
  /** How many cores `max` means. */
  readonly cpuCount: number;
  /** Absolute path of the program that the script `serve` means. */
  readonly staticServer: string;
  /** Variables that the command itself sets for its scripts, over all others; not for the apps of config files. */
  readonly commandVariables?: Readonly<Record<string, string>>;
}

/** Start nothing while `errors` is not empty. Print each problem with `printProblem`. */
export interface SpecsResult {
  readonly specs: readonly AppSpec[];
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly notes: readonly Problem[];
}

/** The names of the apps alone, for commands that only need to know which apps are meant. */
export interface NamesResult {
  readonly names: readonly string[];
  readonly errors: readonly Problem[];
}

/** Reads everything that was named. Never throws for what a user wrote: whatever is wrong is in the result. */
export async function readSpecs(request: SpecRequest): Promise<SpecsResult> {
  const findings = createFindings();
  const callerEnvBefore = { ...request.callerEnv };
  const pm2Defaults =
    request.asPm2 === true ? readPm2Defaults(callerEnvBefore, request.callerCwd, createReport(findings, null)) : NO_PM2_DEFAULTS;
  const drafts = await collectDrafts(request, findings);
  const apps = drafts.flatMap((draft) => {
    const spec = readSpec(draft, { ...request, callerEnvBefore, pm2Defaults });
    return spec === null ? [] : [{ draft, spec: withFullNames(spec, draft.siblings) }];
  });
  reportDuplicates(drafts, findings);
  checkDependencies(apps);
  return { specs: apps.map(({ spec }) => spec), ...findings };
}

/** The names in config files, without looking at scripts, folders or values: `stop ecosystem.config.js` works after the script is gone. */
export async function readNames(request: DraftRequest): Promise<NamesResult> {
  const findings = createFindings();
  const drafts = await collectDrafts(request, findings);
  return { names: [...new Set(drafts.map(({ name }) => name))], errors: findings.errors };
}

type Reading = SpecRequest & Pick<SpecContext, 'callerEnvBefore'> & { readonly pm2Defaults: Pm2Defaults };

function readSpec(draft: Draft, request: Reading): AppSpec | null {
  const { name, report } = draft;
  const { pm2Defaults } = request;
  checkName(name, report);
  const attributes = readAttributes(
    withRotationDefaults(draft.raw, request.moduleSettings),
    withPm2Defaults(draft.overrides, draft.raw, pm2Defaults),
    report,
  );
  if (draft.configFolder === null) warnOfConfig(draft, request);
  const chosenEnv = request.flags['env'];
  const context = {
    callerCwd: request.callerCwd,
    callerEnv: request.callerEnv,
    callerEnvBefore: request.callerEnvBefore,
    callerUid: request.callerUid,
    configFolder: draft.configFolder,
    configFile: draft.configFile,
    chosenEnv: typeof chosenEnv === 'string' && draft.configFolder !== null ? chosenEnv : null,
    logsFolder: request.logsFolder === null ? null : (pm2Defaults.logsFolder ?? request.logsFolder),
    pidsFolder: request.pidsFolder === null ? null : (pm2Defaults.pidsFolder ?? request.pidsFolder),
    nodeOptions: pm2Defaults.nodeOptions,
    nodePath: request.nodePath,
    nodeVersion: process.version,
    typeStripping: typeStrippingOf(process.version, stripsTypes()),
    cpuCount: request.cpuCount,
    staticServer: request.staticServer,
    commandVariables: draft.configFolder === null ? (request.commandVariables ?? {}) : {},
  };
  return buildSpec(name, attributes, { context, report });
}

/** A name is typed as a target: one that means something else there would hit other apps (`delete all`) or could not be typed at all. */
function checkName(name: string, report: Report): void {
  if (name.length > 200 || /[\0-\x1f]/.test(name))
    report.error('its name is longer than 200 characters or has control characters', { key: 'name' });
  const otherwise = /^all$/.test(name)
    ? 'every app'
    : /^\/.+\/$/.test(name)
      ? 'a regular expression'
      : name.startsWith('-')
        ? 'an option'
        : null;
  if (otherwise !== null)
    report.error(`its name is ${JSON.stringify(name)}, which on the command line means ${otherwise}`, {
      key: 'name',
      found: name,
      suggestion: 'Give it another name.',
    });
}

/** `app.production.js` that exports apps is a config file by content and a script by name: PM2 runs it, and so do we. */
function warnOfConfig({ raw, report }: Draft, { callerCwd }: SpecRequest): void {
  const script = scriptOf(raw) ?? '';
  if (looksLikeConfig(script, callerCwd))
    report.warn(`${script} is run as a script, but it looks like a config file`, {
      key: 'script',
      found: script,
      suggestion: `To load it, give it a name that ends in .config${/\.\w+$/.exec(script)?.[0] ?? '.js'}.`,
    });
}

function reportDuplicates(drafts: readonly Draft[], findings: Findings): void {
  const names = drafts.map(({ name }) => name);
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index))) {
    const scripts = drafts.filter((draft) => draft.name === name).map(({ raw }) => scriptOf(raw) ?? 'none');
    createReport(findings, null).error(`${scripts.length} apps have the name ${JSON.stringify(name)} (scripts ${scripts.join(', ')})`, {
      app: name,
      key: 'name',
      found: name,
      suggestion: 'An app without a name gets that of its script; give each its own.',
    });
  }
}
