// Parses YAML with js-yaml, loaded when a YAML file is read. Merge keys (<<) work, as in PM2.
import type { DuplicateKey, ParsedJson } from './tolerant-json.ts';
import { TextSyntaxError } from './tolerant-json.ts';

/** Parses `text`; throws TextSyntaxError. A duplicate key is a finding, not an error: the last value counts, as in JSON. */
export async function parseYaml(text: string): Promise<ParsedJson> {
  const { load, CORE_SCHEMA, mergeTag, YAMLException } = await import('js-yaml');
  const schema = CORE_SCHEMA.withTags(mergeTag);
  const read = (lenient: boolean): unknown => {
    try {
      return load(text, { schema, json: lenient });
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      throw new TextSyntaxError(error.reason, text, error.mark?.position ?? 0);
    }
  };
  try {
    return { value: read(false), duplicates: [] };
  } catch (error) {
    if (!(error instanceof TextSyntaxError) || !error.message.includes('duplicated mapping key')) throw error;
    return { value: read(true), duplicates: [duplicateAt(text, error)] };
  }
}

/** js-yaml stops at the first duplicate, so one is reported at a time. */
function duplicateAt(text: string, error: TextSyntaxError): DuplicateKey {
  const line = text.split(/\r\n|\r|\n/)[error.line - 1] ?? '';
  const key = /^[\s{,-]*["']?([^"':]+)/.exec(line.slice(error.column - 1))?.[1] ?? '';
  return { key: key.trim(), line: error.line };
}
