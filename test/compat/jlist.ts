// The keys of `jlist`, which exporters, dashboards and scripts read.
import { absent, better, different, same, shownIn } from './line.ts';
import type { SurfaceSection } from './line.ts';

const unit = shownIn('src/compat/jlist.test.ts');
const always = unit('has every key of an online cluster instance');
const beside = unit('has pid, name, pm_id and monit beside it');
const types = shownIn('src/compat/jlist-types.test.ts')('%s has the keys and types of PM2');

export const JLIST: SurfaceSection = {
  title: 'Keys of jlist',
  named: true,
  lines: [
    same('pid name pm_id monit', beside),
    same('pm2_env', always),
    same('namespace unique_id version username', types),
    absent('versioning', 'Git metadata is not read'),
    same('uid gid', types),
    same('status', unit('%s is %s')),
    same('created_at', unit('was created when somebody last asked for it, from when on it says which delay there was')),
    same('pm_uptime restart_time unstable_restarts node_version vizion_running', types),
    better(
      'exit_code',
      '128 and the number of the signal that ended it, as a shell has it; PM2 says 0',
      unit('tells the real exit code of %j'),
    ),
    same('prev_restart_delay', unit('was created when somebody last asked for it, from when on it says which delay there was')),
    same('pm_exec_path pm_cwd exec_interpreter node_args exec_mode instances instance_var NODE_APP_INSTANCE increment_var', types),
    same('pm_out_log_path pm_err_log_path pm_log_path pm_pid_path PM2_HOME', types),
    same('autostart autorestart treekill kill_retry_time windowsHide', types),
    different('args watch filter_env', 'there at all times; PM2 has them where `start` was given any', types),
    same('kill_timeout max_restarts min_uptime wait_ready shutdown_with_message', types),
    same('restart_delay exp_backoff_restart_delay max_memory_restart listen_timeout stop_exit_codes cron_restart', types),
    same('log_date_format log_type merge_logs disable_logs', types),
    same('time source_map_support disable_source_map_support watch_options', types),
    same(
      'port force env_<name>',
      unit('repeats what a config file says of environments that were not chosen, and of what it has no other key for'),
    ),
    same('axm_actions axm_monitor axm_options axm_dynamic', types),
    different('vizion pmx automation km_link', 'false: nothing of the kind is done', types),
    same('env', unit('has a number of the config file as one, where nothing stands over it')),
    better(
      '<variables>',
      'each variable of the app, a second time; one that is called like a key does not replace that',
      unit('has each variable beside env too, where none replaces a key of the list'),
    ),
    different('_pm2_version', 'our version; in cluster mode, as in PM2', types),
    absent('_km_monitored', "the paid service of PM2's makers"),
  ],
};
