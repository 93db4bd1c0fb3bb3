// What the command line changes of an app that is there already: its policy, its arguments. Everything else is as it was. Pure.
import type { AppSpec } from '../model/app-spec.ts';
import { readAttributes } from './attributes.ts';
import { overridesOf } from './drafts.ts';
import { CHANGE_FLAGS, POLICY_FIELDS } from './change-flags.ts';
import type { StartFlags } from './flags.ts';
import type { Report } from './report.ts';
import { checkRollout } from './rollout-rules.ts';
import { readSchedule } from './schedule.ts';
import type { Settings } from './schema.ts';
import { policiesOf } from './spec.ts';

/** The app with what `flags` say, and with `scriptArgs` in place of its arguments where there are any. Wrong values are reported. */
export function changeSpec(
  spec: AppSpec,
  { flags, scriptArgs }: { readonly flags: StartFlags; readonly scriptArgs: readonly string[] },
  report: Report,
): AppSpec {
  const overrides = overridesOf(flags, (flag) => CHANGE_FLAGS.includes(flag));
  const { settings } = readAttributes({}, overrides, report);
  const policies = policiesOf(settings);
  const said = Object.entries(POLICY_FIELDS).filter(([attribute]) => attribute in settings);
  const changed: AppSpec = {
    ...spec,
    ...Object.fromEntries(said.map(([, field]) => [field, policies[field]])),
    ...changeOthers(spec, settings, report),
    args: scriptArgs.length > 0 ? [...scriptArgs] : spec.args,
  };
  checkRollout(changed, report);
  return changed;
}

function changeOthers(
  spec: AppSpec,
  settings: Settings,
  report: Report,
): Pick<AppSpec, 'namespace' | 'interpreterArgs' | 'schedule' | 'sourceMapSupport'> {
  const { namespace, node_args: words, cron_restart: pattern, source_map_support: hasMaps } = settings;
  const timeZone = spec.schedule?.timeZone ?? undefined;
  return {
    namespace: namespace ?? spec.namespace,
    interpreterArgs: words === undefined ? spec.interpreterArgs : changeWords(spec, words),
    schedule:
      pattern === undefined
        ? spec.schedule
        : readSchedule(
            { cron_restart: pattern, ...(pattern === null || timeZone === undefined ? {} : { cron_timezone: timeZone }) },
            report,
          ),
    sourceMapSupport: hasMaps ?? spec.sourceMapSupport,
  };
}

/** `--node-args null` takes them away, as in PM2. What we put in ourselves stays. */
function changeWords({ interpreterArgs }: AppSpec, words: readonly string[]): string[] {
  const own: string[] = interpreterArgs.filter((word) => word === '--experimental-strip-types');
  return words.length === 1 && words[0] === 'null' ? own : [...own, ...words.filter((word) => !own.includes(word))];
}
