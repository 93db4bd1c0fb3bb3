// What becomes of inherited variables when they are taken anew.
import { describe, expect, it } from 'vitest';
import { specOf } from '../../test/spec.ts';
import { renewInherited } from './update-env.ts';

const shell = (...names: string[]) => ({ source: 'shell', file: null, key: null, names }) as const;
const config = (...names: string[]) => ({ source: 'config', file: '/srv/eco.json', key: 'env', names }) as const;

describe('renewInherited', () => {
  it('takes what is new, changes what changed, removes what is gone, and leaves what files say', () => {
    const spec = specOf({
      env: { PATH: '/old', GONE: '1', PORT: '80', PINNED: 'file' },
      envLayers: [shell('PATH', 'GONE', 'PINNED'), config('PORT', 'PINNED')],
    });
    expect(renewInherited(spec, { PATH: '/new', FRESH: '1', PINNED: 'shell', NODE_CHANNEL_FD: '3', UNSET: undefined })).toEqual({
      ...spec,
      env: { PATH: '/new', FRESH: '1', PORT: '80', PINNED: 'file' },
      envLayers: [shell('PATH', 'FRESH', 'PINNED'), config('PORT', 'PINNED')],
    });
  });

  it('heeds filter_env', () => {
    expect(renewInherited(specOf({ filterEnv: true, env: {} }), { PATH: '/bin' }).env).toEqual({});
    expect(renewInherited(specOf({ filterEnv: ['AWS'] }), { PATH: '/bin', AWS_KEY: 'k' }).env).toEqual({ PATH: '/bin' });
  });

  it('removes nothing of which it is not known where it came from', () => {
    expect(renewInherited(specOf({ env: { OLD: '1', PATH: '/old' }, envLayers: [] }), { PATH: '/new' }).env).toEqual({
      OLD: '1',
      PATH: '/new',
    });
  });
});
