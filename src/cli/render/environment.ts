// Where each variable of an instance comes from, and the table of it. Pure.
import type { AppSpec, EnvLayer } from '../../model/app-spec.ts';
import type { Palette } from './colour.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import type { WidthOf } from './width.ts';

/** A variable, the place that decided it, and those it stands over, the nearest first. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly from: string;
  readonly over: readonly string[];
}

export interface ExplanationStyle {
  readonly palette: Palette;
  /** Null: nothing is cut. */
  readonly maxWidth: number | null;
  readonly widthOf: WidthOf;
}

/** Every variable, by name. `own` are those of the instance itself. */
export function explainVariables(
  { env, envLayers }: Pick<AppSpec, 'env' | 'envLayers'>,
  own: Readonly<Record<string, string>>,
): readonly Variable[] {
  const names = [...new Set([...Object.keys(env), ...Object.keys(own)])].sort();
  return names.map((name) => {
    const places = envLayers
      .filter((layer) => layer.names.includes(name))
      .map(printLayer)
      .reverse();
    const all = name in own ? ['Holdfast, for the instance', ...places] : places;
    return { name, value: own[name] ?? env[name] ?? '', from: all[0] ?? 'not known any more', over: all.slice(1) };
  });
}

function printLayer({ source, file, key }: EnvLayer): string {
  switch (source) {
    case 'shell':
      return 'shell';
    case 'manager':
      return `Holdfast, for ${key}`;
    case 'user':
      return 'uid';
    case 'env_file':
      return `env_file ${file}`;
    case 'config':
      if (key === null) return 'set by code of the config file';
      return file === null ? `--${key}` : `${key} in ${file}`;
    default:
      return source satisfies never;
  }
}

/** The table, with a newline at its end. */
export function renderExplanation(variables: readonly Variable[], { palette, maxWidth, widthOf }: ExplanationStyle): string {
  const column = (title: string, shrinksTo: number | null, cell: Column<Variable>['cell']): Column<Variable> => ({
    title,
    roomy: 0,
    shrinksTo,
    cell,
  });
  const columns = [
    column('variable', null, ({ name }) => ({ text: name })),
    column('value', 16, ({ value }) => ({ text: value })),
    column('from', 24, ({ from }) => ({ text: from, paint: from === 'shell' ? palette.dim : palette.cyan })),
  ];
  const over = column('instead of', 10, (variable) => ({ text: variable.over.join(', '), paint: palette.dim }));
  return renderTable({
    layouts: [[...columns, over], columns],
    rows: variables,
    maxWidth,
    widthOf,
    paintTitle: palette.bold,
    paintFrame: palette.dim,
  });
}
