// A variable that PM2 reads, as the command line sees it: under PM2's name only. It knows none of them.
import type { Shell } from './context.ts';

/** Its value; undefined where it is empty or not set, and under our own name. */
export function pm2Variable({ asPm2, env }: Pick<Shell, 'asPm2' | 'env'>, name: string): string | undefined {
  return asPm2 ? env[name] || undefined : undefined;
}
