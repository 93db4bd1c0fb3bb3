// `get`: shows what `set` has set.
import { HoldfastError } from '../../model/errors.ts';
import { JSON_OPTION } from '../command.ts';
import type { Command } from '../command.ts';
import { printable } from '../render/width.ts';

/** See the first line of this file. */
export const get: Command = {
  name: 'get',
  aliases: ['conf'],
  summary: 'show module settings',
  args: { usage: '[key]', min: 0, max: 1 },
  options: [JSON_OPTION],
  examples: [
    { line: 'holdfast get', does: 'all of them, a line each' },
    { line: 'holdfast get pm2-logrotate:max_size', does: 'one value' },
  ],
  notes: [],
  afterDashes: 'words',
  async run(ctx, { words, options }) {
    const { getModuleSetting, readModuleSettings } = await import('../../config/module-settings.ts');
    const settings = readModuleSettings(ctx.home().moduleSettings);
    const [key] = words;
    const found = key === undefined ? settings : getModuleSetting(settings, key);
    if (found === undefined) throw new HoldfastError('TARGET_NOT_FOUND', `Cannot get ${key}: it is not set.`, { hint: 'holdfast get' });
    ctx.out(options['json'] === undefined ? linesOf(found, key ?? null).join('') : `${JSON.stringify(found)}\n`);
    return 0;
  },
};

/** One value is printed bare: scripts ask for one. */
function linesOf(value: unknown, name: string | null): string[] {
  if (typeof value !== 'object' || value === null) return [`${printable(String(value))}\n`];
  return Object.entries(value).flatMap(([key, item]) => {
    const path = name === null ? key : `${name}:${key}`;
    return typeof item === 'object' && item !== null ? linesOf(item, path) : [`${printable(path)} ${printable(String(item))}\n`];
  });
}
