// Last known truth about instances, fed by the hosts' snapshots and facts. Rows are replaced, never patched; nothing is decided here.
import type { Fact, InstanceRow } from '../model/protocol.ts';

/** Rows by app and key. */
export interface Registry {
  /** The names of all apps of which something is known. */
  apps(): readonly string[];
  /** By slot; what serves the slot stands first. */
  rows(app: string): readonly InstanceRow[];
  /** Replaces all that is known of an app. */
  setRows(app: string, rows: readonly InstanceRow[]): void;
  /** Takes in the row, or the removal, that a fact carries. */
  apply(fact: Pick<Fact, 'row' | 'removed'>): void;
  forget(app: string): void;
}

const ROLE_ORDER = { current: 0, successor: 1, leaving: 2 } as const;

/** An empty registry. */
export function createRegistry(): Registry {
  const known = new Map<string, Map<number, InstanceRow>>();

  function rowsOf(app: string): Map<number, InstanceRow> {
    const rows = known.get(app) ?? new Map<number, InstanceRow>();
    known.set(app, rows);
    return rows;
  }

  return {
    apps: () => [...known.keys()],
    rows: (app) =>
      [...(known.get(app)?.values() ?? [])].sort((a, b) => a.slot - b.slot || ROLE_ORDER[a.role] - ROLE_ORDER[b.role] || a.key - b.key),
    setRows: (app, rows) => void known.set(app, new Map(rows.map((row) => [row.key, row]))),
    apply({ row, removed }) {
      if (row !== null) rowsOf(row.app).set(row.key, row);
      if (removed === null) return;
      rowsOf(removed.app).delete(removed.key);
      if (rowsOf(removed.app).size === 0) known.delete(removed.app);
    },
    forget: (app) => void known.delete(app),
  };
}
