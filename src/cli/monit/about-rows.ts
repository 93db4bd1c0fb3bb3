// The pane of what `describe` says of the selected instance and its app. Pure.
import { printSubject } from '../../model/event.ts';
import type { AlertView, AppView, InstanceView } from '../../model/view.ts';
import { pm2Facts, stateFacts } from '../render/describe-instance.ts';
import { appFacts, isSpecified, settingFacts } from '../render/describe-settings.ts';
import { paintOfStatus, printStatus } from '../render/status.ts';
import { factRows } from './fact-rows.ts';
import type { PaneStyle } from './fact-rows.ts';

/** What is looked for most: how it fares, where it is, how it runs. It stands first; all else follows, either in the order of `describe`. */
const FIRST = new Set(['restarts', 'uptime', 'script path', 'script args', 'exec cwd', 'exec mode', 'process', 'last exits']);
const FIRST_COLUMNS = Math.max(...[...FIRST].map((name) => name.length));
/** Shown in another place of the screen. */
const ELSEWHERE = ['status', 'cpu', 'memory'];

/** `app` has its spec once that is known; `alerts` are those of the app. */
export function aboutRows(
  { app, instance, alerts }: { readonly app: AppView; readonly instance: InstanceView; readonly alerts: readonly AlertView[] },
  { columns, palette }: PaneStyle,
): readonly string[] {
  const described = isSpecified(app)
    ? [...pm2Facts(app, instance, { version: null, palette }), ...stateFacts(instance), ...appFacts(app), ...settingFacts(app)]
    : stateFacts(instance);
  const known = described.filter(([name]) => !ELSEWHERE.includes(name));
  const first = known.filter(([name]) => FIRST.has(name));
  const rest = known.filter(([name]) => !FIRST.has(name));
  const style = { columns, palette, nameColumns: FIRST_COLUMNS };
  return [
    ...factRows([['status', printStatus(instance, app.nextRunAt)]], { ...style, paint: paintOfStatus(instance, palette) }),
    ...factRows([['alert', alerts.map((alert) => `${printSubject(alert)} ${alert.text}`)]], { ...style, paint: palette.red }),
    ...factRows([...first, ...rest], style),
  ];
}
