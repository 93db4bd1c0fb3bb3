// PM2's list as a person reads it, and as scripts search through it: the form of util.inspect. Secrets are masked unless asked for.
import { inspect } from 'node:util';
import { maskSecret } from '../model/secrets.ts';
import type { JlistEntry } from './jlist.ts';

/** Without a newline at its end, without colours, of any depth. */
export function printPrettylist(list: readonly JlistEntry[], { showSecrets }: { readonly showSecrets: boolean }): string {
  const shown = showSecrets ? list : list.map(maskEntry);
  return inspect(shown, { depth: null, maxArrayLength: null, maxStringLength: null });
}

/** Each variable stands in `env` and once more beside it. */
function maskEntry(entry: JlistEntry): JlistEntry {
  const { env } = entry.pm2_env;
  const shown = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, maskSecret(name, value)]));
  const beside = Object.entries(entry.pm2_env).map(([key, value]) => [
    key,
    Object.hasOwn(env, key) && env[key] === value ? shown[key] : value,
  ]);
  return { ...entry, pm2_env: { ...(Object.fromEntries(beside) as JlistEntry['pm2_env']), env: shown } };
}
