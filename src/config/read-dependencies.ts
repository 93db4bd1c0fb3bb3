// Reads the value of depends_on. What it says of other apps is checked in dependencies.ts. Pure.
import type { Dependency } from '../policy/dependencies.ts';
import { suggest } from './suggest.ts';
import type { Reading } from './values.ts';

type Condition = Dependency['condition'];

const CONDITIONS: readonly Condition[] = ['ready', 'started', 'healthy', 'exited-ok'];
const ACCEPTED = `names, such as ["db"], or names with ${CONDITIONS.map((one) => `"${one}"`).join(', ')}, such as { db: "ready" }`;
/** The words of docker-compose. */
const MEANINGS: Readonly<Record<string, Condition>> = {
  service_started: 'started',
  service_healthy: 'healthy',
  service_completed_successfully: 'exited-ok',
};

/** Names mean ready. An app that is named twice counts once. */
export function readDependencies(value: unknown): Reading<readonly Dependency[]> {
  const lines: [string, unknown][] | null = isNames(value)
    ? [value].flat().map((app): [string, unknown] => [app, 'ready'])
    : typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value)
      : null;
  if (lines === null) return { ok: false, why: 'which names no apps', accepted: ACCEPTED };
  const dependencies = new Map<string, Dependency>();
  for (const [name, word] of lines) {
    const app = name.trim();
    const condition = readCondition(word);
    if (condition === null)
      return { ok: false, why: `where ${app} has to be ${wordOf(word)}, which is no condition${meant(word)}`, accepted: ACCEPTED };
    if (app === '') return { ok: false, why: 'with a name that is empty', accepted: ACCEPTED };
    dependencies.set(app, { app, condition });
  }
  return { ok: true, value: [...dependencies.values()], remark: null };
}

function isNames(value: unknown): value is string | readonly string[] {
  return typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}

function readCondition(value: unknown): Condition | null {
  const text = typeof value === 'string' ? value.trim().toLowerCase().replaceAll('_', '-') : '';
  return CONDITIONS.find((condition) => condition === text) ?? null;
}

/** Also inside of `{ condition: 'service_healthy' }`. */
function wordOf(value: unknown): string {
  const word = typeof value === 'object' && value !== null && 'condition' in value ? value.condition : value;
  return typeof word === 'string' ? JSON.stringify(word) : typeof word;
}

function meant(value: unknown): string {
  const word = wordOf(value).slice(1, -1);
  const near = MEANINGS[word] ?? suggest(word, CONDITIONS);
  return near === null ? '' : ` (did you mean "${near}"?)`;
}
