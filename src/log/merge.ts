// Several lists of lines, each in the order in which it was written, become one in the order of their times.

/** What has a time, or stands where it stands because of the line before it. */
interface Timed {
  readonly at: number | null;
}

/** A source with what is at hand of it. */
interface Head<T> {
  readonly source: AsyncIterator<readonly T[]>;
  items: readonly T[];
  index: number;
  /** Of its next line. */
  at: number;
}

/** Merges by time; what has none stays behind what came before it in its source, or comes first. No more than one batch of each source is held. */
export async function* mergeByTime<T extends Timed>(sources: readonly AsyncIterable<readonly T[]>[]): AsyncGenerator<readonly T[]> {
  const heads: Head<T>[] = [];
  for (const source of sources) {
    const head: Head<T> = { source: source[Symbol.asyncIterator](), items: [], index: 0, at: Number.NEGATIVE_INFINITY };
    if (await refill(head)) heads.push(head);
  }
  while (heads.length > 0) {
    const first = heads.reduce((a, b) => (b.at < a.at ? b : a));
    const limit = Math.min(...heads.filter((head) => head !== first).map((head) => head.at));
    const start = first.index;
    do advance(first);
    while (first.index < first.items.length && first.at <= limit);
    yield first.items.slice(start, first.index);
    if (first.index === first.items.length && !(await refill(first))) heads.splice(heads.indexOf(first), 1);
  }
}

/** The same for lists that are at hand. */
export function mergeLists<T extends Timed>(lists: readonly (readonly T[])[]): readonly T[] {
  const keyed = lists.flatMap((list) => {
    let at = Number.NEGATIVE_INFINITY;
    return list.map((item) => ({ item, at: (at = Math.max(at, item.at ?? at)) }));
  });
  return keyed.sort((a, b) => (a.at === b.at ? 0 : a.at - b.at)).map(({ item }) => item);
}

async function refill<T extends Timed>(head: Head<T>): Promise<boolean> {
  do {
    const next = await head.source.next();
    if (next.done === true) return false;
    head.items = next.value;
  } while (head.items.length === 0);
  head.index = 0;
  head.at = timeOf(head);
  return true;
}

function advance<T extends Timed>(head: Head<T>): void {
  head.index += 1;
  if (head.index < head.items.length) head.at = timeOf(head);
}

/** Never earlier than the line before: a clock that was set back does not tear a log apart. */
function timeOf<T extends Timed>(head: Head<T>): number {
  return Math.max(head.at, head.items[head.index]!.at ?? head.at);
}
