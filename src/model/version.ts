// The version of this build, put in by the build script from package.json.

declare const HOLDFAST_VERSION: string | undefined;

/** `0.0.0-source` when run from source, as the unit tests do. */
export const VERSION: string = typeof HOLDFAST_VERSION === 'undefined' ? '0.0.0-source' : HOLDFAST_VERSION;
