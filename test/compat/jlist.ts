// The keys of `jlist`, which exporters, dashboards and scripts read.
import { absent, better, different, same, shownIn } from './line.ts';
import type { SurfaceSection } from './line.ts';

const unit = shownIn('src/compat/jlist.test.ts');
const always = unit('has every key of an online cluster instance');
const beside = unit('has pid, name, pm_id and monit beside it');
const set = unit('has keys of options where they are set, in the units of PM2');

export const JLIST: SurfaceSection = {
  title: 'Keys of jlist',
  named: true,
  lines: [
    same('pid name pm_id monit', beside),
    same('pm2_env', always),
    same('namespace unique_id version username', always),
    same('versioning', always),
    same('uid gid', unit('says where its rights, its filter and its pid file differ from the usual')),
    same('status', unit('%s is %s')),
    same('pm_uptime created_at restart_time unstable_restarts node_version vizion_running', always),
    better(
      'exit_code',
      '128 and the number of the signal that ended it, as a shell has it; PM2 says 0',
      unit('tells the real exit code of %j'),
    ),
    same('pm_exec_path pm_cwd args exec_interpreter node_args exec_mode instances instance_var', always),
    same('NODE_APP_INSTANCE', always),
    same('increment_var', set),
    same('pm_out_log_path pm_err_log_path PM2_HOME', always),
    different('autostart autorestart treekill kill_retry_time watch filter_env windowsHide', 'there at all times', always),
    same('restart_delay exp_backoff_restart_delay max_memory_restart listen_timeout stop_exit_codes log_date_format', set),
    same('axm_actions axm_monitor axm_options axm_dynamic', always),
    different('vizion pmx automation km_link', 'false: nothing of the kind is done', always),
    same('env', always),
    absent('_pm2_version _km_monitored', 'PM2 keeps them for itself'),
  ],
};
