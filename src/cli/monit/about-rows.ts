// The pane of what `describe` says of the selected instance and its app. Pure.
import { printSubject } from '../../model/event.ts';
import type { AlertView, AppView, InstanceView } from '../../model/view.ts';
import { appFacts, instanceFacts } from '../render/describe.ts';
import { paintOfStatus, printStatus } from '../render/status.ts';
import { factRows } from './fact-rows.ts';
import type { PaneStyle } from './fact-rows.ts';

/** What is looked for most stands first; the rest follows as in `describe`. */
const FIRST = ['uptime', 'restarts', 'script', 'args', 'cwd', 'last exits', 'pid', 'mode', 'node'];
const FIRST_COLUMNS = Math.max(...FIRST.map((name) => name.length));
/** Shown in another pane. */
const ELSEWHERE = ['cpu', 'memory', 'Code metrics value', 'Actions available'];

/** `app` has its spec once that is known; `alerts` are those of the app. */
export function aboutRows(
  {
    app,
    instance,
    alerts,
    nowMs,
  }: { readonly app: AppView; readonly instance: InstanceView; readonly alerts: readonly AlertView[]; readonly nowMs: number },
  { columns, palette }: PaneStyle,
): readonly string[] {
  const known = [...instanceFacts(instance, nowMs), ...appFacts(app)].filter(([name]) => !ELSEWHERE.includes(name));
  const first = FIRST.flatMap((name) => known.filter((fact) => fact[0] === name));
  const rest = known.filter((fact) => !first.includes(fact));
  const style = { columns, palette, nameColumns: FIRST_COLUMNS };
  return [
    ...factRows([['status', printStatus(instance, app.nextRunAt)]], { ...style, paint: paintOfStatus(instance, palette) }),
    ...factRows([['alert', alerts.map((alert) => `${printSubject(alert)} ${alert.text}`)]], { ...style, paint: palette.red }),
    ...factRows([...first, ...rest], style),
  ];
}
