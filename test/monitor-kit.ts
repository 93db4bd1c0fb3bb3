// Monitors for tests: a list is heard, keys are pressed, and the rows are looked at.
import { createPalette } from '../src/cli/render/colour.ts';
import { createMonitor } from '../src/cli/monit/monitor.ts';
import type { Monitor } from '../src/cli/monit/monitor.ts';
import { drawMonitor } from '../src/cli/monit/picture.ts';
import { hear, press } from '../src/cli/monit/step.ts';
import type { Effect, News } from '../src/cli/monit/step.ts';
import type { InstanceView, LogEntry } from '../src/model/view.ts';
import { appsReply, logEntry } from './canned-views.ts';
import { screenOf } from './e2e/kit/screen.ts';
import { NOW } from './run-cli.ts';

/** A monitor of that size that has heard of these instances. */
export function monitorOf(instances: readonly InstanceView[], size = { columns: 80, rows: 24 }): Monitor {
  return hear(createMonitor(size), listed(instances));
}

/** The list as it is now. */
export function listed(instances: readonly InstanceView[]): News {
  return { kind: 'listed', reply: appsReply(instances), at: NOW };
}

/** Lines `first` to `last` of an app, each with its number. */
export function numbered(first: number, last: number, app = 'api'): News & { readonly lines: readonly LogEntry[] } {
  const lines = Array.from({ length: last - first + 1 }, (_, index) => logEntry({ app, text: `line ${first + index}` }));
  return { kind: 'lines', app, lines };
}

/** After these keys. */
export function afterKeys(monitor: Monitor, ...keys: readonly string[]): Monitor {
  return keys.reduce((now, key) => press(now, key).next, monitor);
}

/** What the last of these keys asks for. */
export function effectOf(monitor: Monitor, ...keys: readonly string[]): Effect | null {
  return press(afterKeys(monitor, ...keys.slice(0, -1)), keys.at(-1)!).effect;
}

/** The rows without styles, as a terminal shows them. */
export function shown(monitor: Monitor): readonly string[] {
  const rows = drawMonitor(monitor, createPalette(false));
  const { columns } = monitor.size;
  return rows.map((row) => screenOf(row, columns)[0] ?? '');
}
