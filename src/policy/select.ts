// Which instances a target means: all, /regex/, name, namespace or id, in PM2's order. Config files and script paths are the CLI's business.
import { closest } from './closest.ts';

/** What a target is compared with. */
export interface Selectable {
  readonly id: number;
  readonly name: string;
  readonly namespace: string;
}

/** Why a target means nothing. `suggestion` is a name or namespace that exists. */
export type SelectProblem =
  | { readonly kind: 'nothing-there'; readonly target: string }
  | { readonly kind: 'not-found'; readonly target: string; readonly suggestion: string | null }
  | { readonly kind: 'no-match'; readonly target: string }
  | { readonly kind: 'bad-regex'; readonly target: string; readonly reason: string };

export type Selection<T> =
  | { readonly kind: 'matched'; readonly matched: readonly T[] }
  | { readonly kind: 'problem'; readonly problem: SelectProblem };

/**
 * Resolves one target, in this order: `all`; `/regex/` tested against names; exact name; exact namespace; id. `matched` is never
 * empty and keeps the order of `among`.
 */
export function select<T extends Selectable>(target: string, among: readonly T[]): Selection<T> {
  if (among.length === 0) return { kind: 'problem', problem: { kind: 'nothing-there', target } };
  if (target === 'all') return { kind: 'matched', matched: among };
  if (target.length > 2 && target.startsWith('/') && target.endsWith('/')) return selectByRegex(target, among);
  const byName = among.filter((one) => one.name === target);
  if (byName.length > 0) return { kind: 'matched', matched: byName };
  const byNamespace = among.filter((one) => one.namespace === target);
  if (byNamespace.length > 0) return { kind: 'matched', matched: byNamespace };
  const byId = among.filter((one) => String(one.id) === target);
  return byId.length > 0 ? { kind: 'matched', matched: byId } : notFound(target, among);
}

/** Resolves several targets to one list without doubles, in the order of `among`. The first target that means nothing is the problem of them all. */
export function selectEach<T extends Selectable>(targets: readonly string[], among: readonly T[]): Selection<T> {
  const wanted = new Set<T>();
  for (const target of targets) {
    const selection = select(target, among);
    if (selection.kind === 'problem') return selection;
    for (const one of selection.matched) wanted.add(one);
  }
  return { kind: 'matched', matched: among.filter((one) => wanted.has(one)) };
}

/** The reason as it follows "Cannot <verb> <target>: ", without a full stop. */
export function printSelectProblem(problem: SelectProblem): string {
  switch (problem.kind) {
    case 'nothing-there':
      return 'there are no apps';
    case 'not-found':
      return `no app, namespace or id is called that${problem.suggestion === null ? '' : ` (did you mean ${problem.suggestion}?)`}`;
    case 'no-match':
      return "no app's name matches it";
    case 'bad-regex':
      return `it is no regular expression (${problem.reason})`;
    default:
      return problem satisfies never;
  }
}

function selectByRegex<T extends Selectable>(target: string, among: readonly T[]): Selection<T> {
  let pattern: RegExp;
  try {
    pattern = new RegExp(target.slice(1, -1));
  } catch (error) {
    // V8 says "Invalid regular expression: /(/: Unterminated group"; only its last part is news to someone who typed the rest.
    const reason = (error as Error).message.replace(/^.*: /, '');
    return { kind: 'problem', problem: { kind: 'bad-regex', target, reason } };
  }
  const matched = among.filter((one) => pattern.test(one.name));
  return matched.length > 0 ? { kind: 'matched', matched } : { kind: 'problem', problem: { kind: 'no-match', target } };
}

function notFound<T extends Selectable>(target: string, among: readonly T[]): Selection<T> {
  const known = [...new Set(among.flatMap((one) => [one.name, one.namespace]))];
  return { kind: 'problem', problem: { kind: 'not-found', target, suggestion: closest(target, known) } };
}
