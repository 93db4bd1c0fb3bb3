// What a host finds of the one before it: its record on disk, and the sockets that whoever started this host has handed down. It changes nothing.
import type { LeftSocket } from '../balance/types.ts';
import { readJsonFile } from '../platform/atomic-file.ts';
import { SOCKETS_VARIABLE } from '../model/preload-protocol.ts';
import type { InheritedSocket } from '../model/preload-protocol.ts';
import { RECORD_VERSION } from '../model/protocol.ts';
import type { HostRecord } from '../model/protocol.ts';

/** The record of a host of this boot; null where there is none that this version understands. A host wrote it whole, so its parts are not looked at. */
export function readPredecessor(file: string, bootId: string): HostRecord | null {
  const json = readJsonFile(file);
  const record = json.kind === 'value' ? (json.value as Partial<HostRecord> | null) : null;
  return record?.version === RECORD_VERSION && record.bootId === bootId ? (record as HostRecord) : null;
}

/** To be called before the environment is handed on to anybody: the variable is taken out of it. */
export function takeSockets(environment: NodeJS.ProcessEnv): readonly LeftSocket[] {
  const text = environment[SOCKETS_VARIABLE];
  Reflect.deleteProperty(environment, SOCKETS_VARIABLE);
  const inherited = text === undefined ? [] : (JSON.parse(text) as InheritedSocket[]);
  return inherited.map(({ app, request, fd }) => ({ app, request, from: fd }));
}
