// What `holdfast set` has set: module_conf.json in PM2's shape. Of all modules only pm2-logrotate means something here: defaults of log rotation.
import { HoldfastError } from '../model/errors.ts';
import { readJsonFile, writeFileAtomic } from '../platform/atomic-file.ts';
import { ATTRIBUTES, findAttribute, isAttribute } from './schema.ts';
import type { RawApp } from './shape.ts';
import { isAbsent, readValue } from './values.ts';
import { splitWords } from './words.ts';

const LOGROTATE = 'pm2-logrotate';
const ROTATION_ATTRIBUTES = ['log_max_size', 'log_rotate_every', 'log_max_files', 'log_max_age', 'log_compress', 'log_total_max'] as const;
const ROTATION_KEYS = ['max_size', 'retain', 'compress', 'rotateInterval'];

/** Values by key, or by module and key. All are strings where `set` has set them. */
export type ModuleSettings = Readonly<Record<string, unknown>>;

/** Empty where nothing was ever set. Throws CONFIG_INVALID for a file that cannot be read: it may have been edited. */
export function readModuleSettings(file: string): ModuleSettings {
  const json = readJsonFile(file);
  if (json.kind === 'absent') return {};
  const reason = json.kind === 'unreadable' ? json.reason : isGroup(json.value) ? null : 'it is no JSON object';
  if (reason !== null) throw new HoldfastError('CONFIG_INVALID', `Cannot read ${file}: ${reason}.`, { hint: 'correct it, or remove it' });
  return (json as { value: ModuleSettings }).value;
}

/** The value, or all values of a module; undefined where nothing was set. */
export function getModuleSetting(settings: ModuleSettings, name: string): unknown {
  const { module, key } = split(name);
  if (module === null) return settings[key];
  const group = settings[module];
  return isGroup(group) ? group[key] : undefined;
}

/** Sets `name` (`KEY`, `MODULE:KEY` or `MODULE.KEY`), or with null forgets it. Throws CONFIG_INVALID for what log rotation would refuse later. */
export async function setModuleSetting(file: string, name: string, value: string | null): Promise<void> {
  if (value !== null) check(name, value);
  await write(file, withSetting(readModuleSettings(file), name, value));
}

function withSetting(settings: ModuleSettings, name: string, value: string | null): ModuleSettings {
  const { module, key } = split(name);
  const held = module === null ? settings : settings[module];
  const group: Record<string, unknown> = isGroup(held) ? { ...held } : {};
  if (value === null) delete group[key];
  else group[key] = value;
  const changed: Record<string, unknown> = module === null ? group : { ...settings, [module]: group };
  if (module !== null && Object.keys(group).length === 0) delete changed[module];
  return changed;
}

async function write(file: string, settings: ModuleSettings): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(settings, null, 4)}\n`);
}

/** Sets each key of `KEY VALUE KEY VALUE` to the value behind it. Throws CONFIG_INVALID before anything is set. */
export async function setModuleSettings(file: string, text: string): Promise<readonly (readonly [string, string])[]> {
  const { words } = splitWords(text);
  const pairs = words.flatMap((key, at) => (at % 2 === 0 ? [[key, words[at + 1]] as const] : []));
  for (const [key, value] of pairs) {
    if (value === undefined)
      throw new HoldfastError('CONFIG_INVALID', `Cannot set ${key}: no value follows it.`, {
        hint: 'holdfast multiset "KEY VALUE KEY VALUE"',
      });
    check(key, value);
  }
  const settings = pairs.reduce((so, [key, value]) => withSetting(so, key, value!), readModuleSettings(file));
  await write(file, settings);
  return pairs as readonly (readonly [string, string])[];
}

/** Puts what another file says in place of all settings. Throws CONFIG_INVALID, and changes nothing, for what cannot be read or log rotation would refuse. */
export async function takeModuleSettings(file: string, from: string): Promise<void> {
  const settings = readModuleSettings(from);
  const group = settings[LOGROTATE];
  for (const [key, value] of isGroup(group) ? Object.entries(group) : []) check(`${LOGROTATE}:${key}`, String(value));
  await write(file, settings);
}

/** The app with what `set` says of log rotation wherever it says nothing of that itself. */
export function withRotationDefaults(raw: RawApp, settings: ModuleSettings): RawApp {
  const group = settings[LOGROTATE];
  if (!isGroup(group)) return raw;
  const said = new Set(Object.entries(raw).flatMap(([spelling, value]) => (isAbsent(value) ? [] : [findAttribute(spelling)])));
  const defaults = Object.entries(group).filter(
    ([key, value]) => ROTATION_KEYS.includes(key) && !isAbsent(value) && !said.has(findAttribute(key)),
  );
  return { ...raw, ...Object.fromEntries(defaults) };
}

/** What holds where an app says nothing of log rotation, each as it is written, with what it means. */
export function rotationDefaults(
  settings: ModuleSettings,
): readonly { readonly attribute: string; readonly value: string; readonly doc: string }[] {
  const set = Object.entries(withRotationDefaults({}, settings)) as readonly (readonly [string, string | number | boolean])[];
  return ROTATION_ATTRIBUTES.map((attribute) => {
    const found = set.find(([spelling]) => findAttribute(spelling) === attribute)?.[1];
    const { standard, doc } = ATTRIBUTES[attribute];
    return { attribute, value: found === undefined ? standard : String(found), doc };
  });
}

function check(name: string, value: string): void {
  const { module, key } = split(name);
  const attribute = module === LOGROTATE && ROTATION_KEYS.includes(key) ? findAttribute(key) : undefined;
  if (attribute === undefined || !isAttribute(attribute)) return;
  const reading = readValue(ATTRIBUTES[attribute].kind, value);
  if (!reading.ok)
    throw new HoldfastError('CONFIG_INVALID', `Cannot set ${name} to ${JSON.stringify(value)}: it is a value ${reading.why}.`, {
      hint: `accepted: ${reading.accepted}`,
    });
}

/** A module's name has no colon; where there is none, a point parts it from the key, as in PM2. */
function split(name: string): { readonly module: string | null; readonly key: string } {
  const at = name.includes(':') ? name.indexOf(':') : name.indexOf('.');
  return at <= 0 ? { module: null, key: name } : { module: name.slice(0, at), key: name.slice(at + 1) };
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
