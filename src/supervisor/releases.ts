// Which release an instance is launched from, and with which paths: those that were real when the release came into being.
import type { AppSpec } from '../model/app-spec.ts';
import type { Release } from '../model/release.ts';
import type { Live } from './live.ts';

/** What the present run of an instance goes by: it ends by the rules it began with. */
export function presentRelease(live: Live, current: Release): Release {
  return live.release ?? upcomingRelease(live, current);
}

/** What its next launch is made from: what a command or a rollout has said, else what it was launched from before. */
export function upcomingRelease(live: Live, current: Release): Release {
  return live.next ?? live.release ?? current;
}

export interface Launch {
  readonly release: Release;
  /** With the paths to be used. */
  readonly spec: AppSpec;
  readonly vanished: { readonly path: string; readonly instead: string } | null;
}

/** Where the paths of the release are gone, the app's current release is launched, from wherever its paths lead now. */
export function chooseLaunch(release: Release, current: Release, exists: (path: string) => boolean): Launch {
  if (!exists(release.cwd)) return instead(current, release.cwd, current.spec.cwd);
  // A bare name is found in PATH.
  if (release.script.startsWith('/') && !exists(release.script)) return instead(current, release.script, current.spec.script);
  return { release, spec: { ...release.spec, cwd: release.cwd, script: release.script }, vanished: null };
}

function instead(current: Release, path: string, other: string): Launch {
  return { release: current, spec: current.spec, vanished: path === other ? null : { path, instead: other } };
}
