// A row of the list: an instance with its app.
import type { AppsReply, AppView, InstanceView } from '../../model/view.ts';
import { BY_NAME } from '../render/list.ts';

/** See the first line of this file. */
export interface Row {
  readonly app: AppView;
  readonly instance: InstanceView;
}

/** The rows of a list, in the order of `ls`. */
export function rowsOf({ apps }: AppsReply): readonly Row[] {
  return apps.flatMap((app) => app.instances.map((instance) => ({ app, instance }))).sort((a, b) => BY_NAME(a.instance, b.instance));
}

/** What a row is known by from one reply to the next; while an instance is replaced there are two of one id. */
export function keyOf({ instance }: Row): string {
  return `${instance.id} ${instance.role}`;
}
