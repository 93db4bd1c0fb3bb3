// The pane of what `describe` says of the selected instance and its app. Pure.
import { printSubject } from '../../model/event.ts';
import type { AlertView, AppView, InstanceView } from '../../model/view.ts';
import { pm2Facts, stateFacts } from '../render/describe-instance.ts';
import { appFacts, isSpecified, settingFacts } from '../render/describe-settings.ts';
import { paintOfStatus, printStatus } from '../render/status.ts';
import { factRows } from './fact-rows.ts';
import type { PaneStyle } from './fact-rows.ts';

/** What is looked for most stands first; the rest follows as in `describe`. */
const FIRST = ['uptime', 'restarts', 'script path', 'exec cwd', 'last exits', 'script args', 'process', 'exec mode'];
const FIRST_COLUMNS = Math.max(...FIRST.map((name) => name.length));
/** Shown in another place of the screen. */
const ELSEWHERE = ['status', 'cpu', 'memory'];

/** `app` has its spec once that is known; `alerts` are those of the app. */
export function aboutRows(
  { app, instance, alerts }: { readonly app: AppView; readonly instance: InstanceView; readonly alerts: readonly AlertView[] },
  { columns, palette }: PaneStyle,
): readonly string[] {
  const ofApp = isSpecified(app) ? [...pm2Facts(app, instance, { version: null, palette }), ...appFacts(app), ...settingFacts(app)] : [];
  const known = [...ofApp, ...stateFacts(instance)].filter(([name]) => !ELSEWHERE.includes(name));
  const first = FIRST.flatMap((name) => known.filter((fact) => fact[0] === name));
  const rest = known.filter((fact) => !first.includes(fact));
  const style = { columns, palette, nameColumns: FIRST_COLUMNS };
  return [
    ...factRows([['status', printStatus(instance, app.nextRunAt)]], { ...style, paint: paintOfStatus(instance, palette) }),
    ...factRows([['alert', alerts.map((alert) => `${printSubject(alert)} ${alert.text}`)]], { ...style, paint: palette.red }),
    ...factRows([...first, ...rest], style),
  ];
}
