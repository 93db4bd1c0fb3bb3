// PM2's `list -m`, as it prints it.
import { expect, it } from 'vitest';
import type { JlistEntry } from './jlist.ts';
import { printMiniList } from './mini-list.ts';

const entry = (differs: object = {}, env: object = {}): JlistEntry => ({
  name: 'api',
  pid: 4100,
  pm_id: 0,
  monit: { memory: 54_107_341, cpu: 0 },
  pm2_env: {
    name: 'api',
    namespace: 'default',
    version: '1.2.3',
    pm_id: 0,
    status: 'online',
    restart_time: 2,
    exec_mode: 'cluster_mode',
    pm_uptime: 1000,
    pm_err_log_path: '/logs/api-error-0.log',
    pm_pid_path: '/pids/api-0.pid',
    watch: false,
    env: {},
    ...env,
  },
  ...differs,
});

it('has the lines of PM2', () => {
  expect(printMiniList([entry()], 120_000)).toBe(
    [
      '+--- api',
      'namespace : default',
      'version : 1.2.3',
      'pid : 4100',
      'pm2 id : 0',
      'status : online',
      'mode : cluster',
      'restarted : 2',
      'uptime : 119s',
      'memory usage : 51.6mb',
      'error log : /logs/api-error-0.log',
      'watching : no',
      'PID file : /pids/api-0.pid',
      '',
      '',
    ].join('\n'),
  );
});

it('has no uptime and no memory of what is stopped, and no name begins a line', () => {
  const text = printMiniList([entry({ name: 'a\nb', pid: 0, monit: { memory: 0, cpu: 0 } }, { status: 'stopped', watch: true })], 0);
  expect(text).toContain('+--- a\ufffdb\n');
  expect(text).toContain('uptime : 0\nmemory usage : 0b\n');
  expect(text).toContain('watching : yes\n');
});
