// PM2's list as a person reads it, and as scripts search through it: the form of util.inspect. Secrets are masked unless asked for.
import { inspect } from 'node:util';
import { maskSecret } from '../model/secrets.ts';
import type { JlistEntry, Variable } from './jlist.ts';

/** Without a newline at its end, without colours, of any depth. */
export function printPrettylist(list: readonly JlistEntry[], { showSecrets }: { readonly showSecrets: boolean }): string {
  const shown = showSecrets ? list : list.map(maskEntry);
  return inspect(shown, { depth: null, maxArrayLength: null, maxStringLength: null });
}

/** Each variable stands in `env` and once more beside it; those of other environments in `env_<name>`. */
function maskEntry(entry: JlistEntry): JlistEntry {
  const { env } = entry.pm2_env;
  const shown = maskAll(env);
  const beside = Object.entries(entry.pm2_env).map(([key, value]) => {
    if (Object.hasOwn(env, key) && env[key] === value) return [key, shown[key]];
    return [key, key.startsWith('env_') && typeof value === 'object' ? maskAll(value as Readonly<Record<string, Variable>>) : value];
  });
  return { ...entry, pm2_env: { ...(Object.fromEntries(beside) as JlistEntry['pm2_env']), env: shown } };
}

/** A number that a secret is not taken for stays one. */
function maskAll(variables: Readonly<Record<string, Variable>>): Record<string, Variable> {
  const mask = (name: string, value: Variable): Variable => {
    const text = maskSecret(name, String(value));
    return text === String(value) ? value : text;
  };
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, mask(name, value)]));
}
