// The page of `info`: the daemon and its hosts. Pure.
import type { ManagerView } from '../../model/view.ts';
import { VERSION } from '../../model/version.ts';
import type { Palette } from './colour.ts';
import { renderFacts } from './facts.ts';
import { printUptime } from '../../model/uptime.ts';

/** The whole page, with a newline at its end. A command line of another version than the daemon says so. */
export function renderManager(view: ManagerView, palette: Palette): string {
  const differs = VERSION === view.daemon.version ? null : `${VERSION}; the daemon runs ${view.daemon.version}`;
  return renderFacts(
    palette.bold('Holdfast'),
    [
      ['version', view.version],
      ['command line', differs],
      ['home', view.home],
      ['daemon', `pid ${view.daemon.pid}, up ${printUptime(view.daemon.uptimeMs)}`],
      ['hosts', view.hosts.length === 0 ? 'none' : view.hosts.map((host) => printHost(host, view.daemon.version))],
    ],
    palette,
  );
}

function printHost(host: ManagerView['hosts'][number], version: string): string {
  const other = host.version === version ? '' : `, version ${host.version}`;
  return `${host.name}: pid ${host.pid}${other}, runs ${host.apps.length === 0 ? 'no app' : host.apps.join(', ')}`;
}
