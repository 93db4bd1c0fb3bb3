// PM2's `list -m`: a few lines for each process, for screens without columns. Pure.
import { printCompactSize } from '../model/units.ts';
import { printUptime } from '../model/uptime.ts';
import type { JlistEntry } from './jlist.ts';

/** The whole page, in the order of the entries; `nowMs` is the time of the look. */
export function printMiniList(entries: readonly JlistEntry[], nowMs: number): string {
  return entries.map((entry) => printEntry(entry, nowMs)).join('');
}

function printEntry({ name, pid, pm_id: id, pm2_env: env, monit }: JlistEntry, nowMs: number): string {
  const uptime = env.status === 'online' && typeof env['pm_uptime'] === 'number' ? printUptime(nowMs - env['pm_uptime']) : '0';
  const lines = [
    ['namespace', env.namespace],
    ['version', env['version']],
    ['pid', pid],
    ['pm2 id', id],
    ['status', env.status],
    ['mode', String(env['exec_mode']).replace(/_mode$/, '')],
    ['restarted', env.restart_time],
    ['uptime', uptime],
    ['memory usage', printCompactSize(monit.memory)],
    ['error log', env['pm_err_log_path']],
    ['watching', env['watch'] ? 'yes' : 'no'],
    ['PID file', env['pm_pid_path'] ?? 'none'],
  ];
  const head = `+--- ${plain(name)}\n`;
  return `${head}${lines.map(([key, value]) => `${String(key)} : ${plain(String(value))}\n`).join('')}\n`;
}

/** A name must not begin a line of its own. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\ufffd');
}
