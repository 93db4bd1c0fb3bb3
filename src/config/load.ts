// Reads one config file into a plain value, by its extension; whatever is wrong with it becomes a finding.
import { readFileSync } from 'node:fs';
import { describeScriptError } from './script-error.ts';
import { loadScript } from './load-script.ts';
import type { Report } from './report.ts';
import type { ParsedJson } from './tolerant-json.ts';
import { parseTolerantJson, TextSyntaxError } from './tolerant-json.ts';
import { parseYaml } from './yaml.ts';

/** The value of a config file, not yet looked at. */
export interface LoadedConfig {
  readonly value: unknown;
}

/** Loads `file` (absolute); null when it cannot be loaded, which is then reported. */
export async function loadConfig(file: string, report: Report, nodePath: string): Promise<LoadedConfig | null> {
  try {
    if (/\.json[5c]?$/i.test(file)) return fromData(parseTolerantJson(readFileSync(file, 'utf8')), report);
    if (/\.ya?ml$/i.test(file)) return fromData(await parseYaml(readFileSync(file, 'utf8')), report);
  } catch (error) {
    report.error(describeDataError(error));
    return null;
  }
  return loadCode(file, report, nodePath);
}

/** Reads a config that came as text: JSON as people write it, else YAML. It is data and never evaluated. */
export async function parseConfig(text: string, report: Report): Promise<LoadedConfig | null> {
  if (/^\s*(module\.|exports\.|export\s|import\s|const\s|let\s|var\s)/.test(text)) {
    report.error('is code, and only data is read from there', { suggestion: 'Save it as NAME.config.js, and name that.' });
    return null;
  }
  const isJson = /^(\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*[[{(]/.test(text);
  try {
    return fromData(isJson || text.trim() === '' ? parseTolerantJson(text) : await parseYaml(text), report);
  } catch (error) {
    report.error(describeDataError(error));
    return null;
  }
}

async function loadCode(file: string, report: Report, nodePath: string): Promise<LoadedConfig | null> {
  try {
    const exported = await unwrapExports(await loadScript(file));
    return { value: typeof exported === 'function' ? await (exported as () => unknown)() : exported };
  } catch (error) {
    report.error(`cannot be loaded: ${describeScriptError(error, file, nodePath)}`);
    return null;
  }
}

function fromData(parsed: ParsedJson, report: Report): LoadedConfig {
  for (const { key, line } of parsed.duplicates)
    report.warn(`${key} is given twice in one object (line ${line}); the last one counts`, { key });
  return { value: parsed.value };
}

function describeDataError(error: unknown): string {
  if (error instanceof TextSyntaxError)
    return `cannot be read: ${error.message}, at line ${error.line}, column ${error.column}\n${error.frame}`;
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

/** The config among a module's exports: the default export (also inside another, as transpilers write it) where it is one, else the named ones. */
async function unwrapExports(exported: unknown): Promise<unknown> {
  let value = exported;
  for (let depth = 0; depth < 3 && isObject(value) && 'default' in value; depth += 1) {
    const inner: unknown = await value['default'];
    if ('apps' in value && !Array.isArray(inner) && !(isObject(inner) && ('apps' in inner || 'default' in inner))) return value;
    value = inner;
  }
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
