// What instances have told of themselves, asked of their hosts when somebody wants to see it: it changes every second, and is kept nowhere else.
import type { SelfReport } from '../model/self-report.ts';
import type { Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';
import type { HostLink } from './host-link.ts';

/** As long as a host that is well may be busy with something else. */
const PATIENCE_MS: Ms = 1000;

/** Finds the report of an instance. */
export type SelfReports = (app: string, key: number) => SelfReport | null;

export const NO_SELF_REPORTS: SelfReports = () => null;

/** Of all instances of these hosts. A host that does not answer has none. */
export async function readSelfReports(links: readonly HostLink[], clock: Clock): Promise<SelfReports> {
  const reports = new Map<string, SelfReport>();
  const read = async (link: HostLink): Promise<void> => {
    const { selfReports = [] } = await link.request({ type: 'self-reports' });
    for (const { app, key, report } of selfReports) reports.set(nameOf(app, key), report);
  };
  let cancel = (): void => {};
  const enough = new Promise<void>((resolve) => (cancel = clock.setTimer(PATIENCE_MS, resolve)));
  await Promise.race([enough, Promise.allSettled(links.filter(({ talks }) => talks).map(read))]);
  cancel();
  return (app, key) => reports.get(nameOf(app, key)) ?? null;
}

function nameOf(app: string, key: number): string {
  return `${key} ${app}`;
}
