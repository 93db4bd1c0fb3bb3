// Decides mode and number of instances: PM2's rules, with a word where cluster mode cannot be. Pure.
import type { ExecMode } from '../model/app-spec.ts';
import type { Program } from './program.ts';
import type { Report } from './report.ts';
import { settingOf } from './attributes.ts';
import type { Settings } from './schema.ts';

export interface Scale {
  readonly mode: ExecMode;
  /** With those that stand by. */
  readonly instances: number;
  readonly standby: number;
}

/** `cluster` where it is asked for, or `instances` or `standby` is given, and Node runs a script of the app's own. */
export function decideScale(
  settings: Settings,
  program: Pick<Program, 'origin' | 'script' | 'interpreter' | 'runsNode'>,
  { cpuCount, report }: { readonly cpuCount: number; readonly report: Report },
): Scale {
  const instances = countInstances(settings.instances, cpuCount);
  const standby = settingOf(settings, 'standby');
  const asked = settings.exec_mode ?? (settings.instances === undefined && standby === 0 ? 'fork' : 'cluster');
  const isFork = asked === 'fork' || settings.execute_command === true;
  if (!isFork && program.runsNode && program.origin === 'file') return { mode: 'cluster', instances: instances + standby, standby };
  if (standby > 0) refuseStandby(standby, report);
  if (isFork) return { mode: 'fork', instances, standby: 0 };
  if (settings.exec_mode === 'cluster' || instances > 1) {
    const outcome =
      instances === 1 ? 'it runs in fork mode' : `it runs as ${instances} independent processes in fork mode, which cannot share a port`;
    report.warn(`cluster mode needs a script that Node runs, and ${describe(program)}: ${outcome}`, {
      key: settings.exec_mode === undefined ? 'instances' : 'exec_mode',
    });
  }
  return { mode: 'fork', instances, standby: 0 };
}

function refuseStandby(standby: number, report: Report): void {
  report.error(`standby is ${standby}, and in fork mode nobody can keep traffic from an instance`, {
    key: 'standby',
    found: String(standby),
    accepted: '0, or a number in cluster mode',
  });
}

/** `max` and 0: all cores; a negative number: all but so many; at least 1. */
function countInstances(asked: number | 'max' | undefined, cpuCount: number): number {
  if (asked === undefined) return 1;
  if (asked === 'max' || asked === 0) return Math.max(1, cpuCount);
  return asked > 0 ? asked : Math.max(1, cpuCount + asked);
}

function describe({ origin, script, interpreter, runsNode }: Pick<Program, 'origin' | 'script' | 'interpreter' | 'runsNode'>): string {
  const name = script.slice(script.lastIndexOf('/') + 1);
  if (origin === 'shell') return 'this is a shell line';
  if (origin === 'command' && runsNode) return `${name} is a command that starts others`;
  return interpreter === 'none' ? `${name} is executed itself` : `${name} is run by ${interpreter}`;
}
