// `--sort field:order` of the table: what it means, and instances in that order. Pure.
import { HoldfastError } from '../model/errors.ts';
import type { InstanceView } from '../model/view.ts';
import type { Compare } from './render/list.ts';

/** PM2's words for the columns. */
const SORT_FIELDS = ['name', 'namespace', 'pid', 'id', 'cpu', 'memory', 'uptime', 'status'] as const;

interface ListOrder {
  readonly field: (typeof SORT_FIELDS)[number];
  readonly isDescending: boolean;
}

/** The order of `name` or `cpu:desc`. Throws USAGE for a field or order that there is none. */
export function readOrder(text: string): Compare {
  const [word, order = 'asc', ...rest] = text.split(':');
  const field = SORT_FIELDS.find((one) => one === word);
  if (field !== undefined && rest.length === 0 && (order === 'asc' || order === 'desc'))
    return compareBy({ field, isDescending: order === 'desc' });
  const [found, accepted] = field === undefined ? [word, SORT_FIELDS.join(', ')] : [[order, ...rest].join(':'), 'asc, desc'];
  throw new HoldfastError('USAGE', `Cannot sort by ${JSON.stringify(text)}: ${JSON.stringify(found)} is none of ${accepted}.`, {
    hint: 'holdfast ls --sort memory:desc',
  });
}

/** What is equal stays in order of the ids; what has no pid or uptime comes last, whatever the order. */
function compareBy({ field, isDescending }: ListOrder): Compare {
  const sign = isDescending ? -1 : 1;
  return (a, b) => {
    const [left, right] = [valueOf(a, field), valueOf(b, field)];
    if (left === right) return a.id - b.id;
    if (left === null || right === null) return left === null ? 1 : -1;
    return left < right ? -sign : sign;
  };
}

function valueOf(instance: InstanceView, field: ListOrder['field']): string | number | null {
  switch (field) {
    case 'name':
      return instance.app;
    case 'uptime':
      return instance.uptimeMs;
    case 'namespace':
    case 'pid':
    case 'id':
    case 'cpu':
    case 'memory':
    case 'status':
      return instance[field];
    default:
      return field satisfies never;
  }
}
