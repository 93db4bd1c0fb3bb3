// Whose rights an instance has. Who that is was looked up where the config was read.
import type { AppSpec } from '../model/app-spec.ts';
import type { LaunchOptions } from '../platform/child.ts';

/** Nothing where it runs as the manager does. Supplementary groups go with the rest of root's rights: libuv calls setgroups(0, NULL) before setgid and setuid. */
export function credentialsOf({ user }: Pick<AppSpec, 'user'>): Pick<LaunchOptions, 'user'> {
  return user === null ? {} : { user };
}
