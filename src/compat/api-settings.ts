// The methods of the programmatic API about module settings: get, set, unset, multiset, conf. PM2 prints what they find; here it is the answer.
import type { Action } from './api-call.ts';
import type { ApiWorld } from './api-world.ts';
import type { Methods, Success } from './pm2-types.ts';

type Settings = 'get' | 'conf' | 'set' | 'multiset' | 'unset';

const SUCCESS: Success = { success: true };

/** The methods, for one manager. */
export function createSettingsActions(world: ApiWorld): Record<Settings & keyof Methods, Action> {
  const file = (): string => world.home().moduleSettings;
  const get = async (key?: string): Promise<unknown> => {
    const { getModuleSetting, readModuleSettings } = await import('../config/module-settings.ts');
    const settings = readModuleSettings(file());
    return key === undefined ? settings : getModuleSetting(settings, key);
  };
  const set = async (key: string, value: string | null): Promise<Success> => {
    const { setModuleSetting } = await import('../config/module-settings.ts');
    await setModuleSetting(file(), key, value);
    return SUCCESS;
  };
  return {
    get,
    conf: get,
    set: (key: string, value: string | number | boolean) => set(key, String(value)),
    async multiset(pairs: string) {
      const { setModuleSettings } = await import('../config/module-settings.ts');
      await setModuleSettings(file(), pairs);
      return SUCCESS;
    },
    unset: (key: string) => set(key, null),
  };
}
