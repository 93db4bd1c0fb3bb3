// What an instance was started from: the spec of its time, and where its files really were. No behaviour.
import type { AppSpec } from './app-spec.ts';

/** A release of an app. Its paths were resolved when it came into being, so that a symlink moved later changes nothing. */
export interface Release {
  /** Counts the releases of an app, from 1. The daemon hands it out. */
  readonly number: number;
  readonly spec: AppSpec;
  /** `spec.cwd` without symlinks. */
  readonly cwd: string;
  /** `spec.script` without symlinks; as it is where it is a bare name. */
  readonly script: string;
}
