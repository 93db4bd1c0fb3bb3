// Operations as values of programs: what awaiting and iterating them gives.
import { expect, it } from 'vitest';
import type { HoldfastEvent } from '../model/event.ts';
import type { OperationUpdate, OperationView } from '../model/view.ts';
import { failureOf } from './failure.ts';
import { createOperation } from './operation.ts';

const operation = (state: OperationView['state'], more: Partial<OperationView> = {}): OperationView => ({
  id: '1',
  action: 'restart',
  state,
  startedAt: 1,
  endedAt: null,
  outcomes: [],
  error: null,
  warnings: [],
  waitsFor: null,
  rollouts: [],
  ...more,
});
const EVENT: HoldfastEvent = { kind: 'stopped', at: 1, app: 'a', slot: 0 };

/** A daemon that takes the request as `asked` and then says this; what it was asked for is counted. */
function daemon(asked: OperationView | Error, ...updates: readonly OperationUpdate[]) {
  const counts = { asked: 0 };
  return {
    counts,
    operate: () => {
      counts.asked += 1;
      return asked instanceof Error ? Promise.reject(asked) : Promise.resolve(asked);
    },
    async *watch(_id: string, signal?: AbortSignal) {
      for (const update of updates) {
        if (signal?.aborted === true) return;
        yield await Promise.resolve(update);
      }
    },
  };
}

const REQUEST = { action: 'restart' as const, targets: ['a'] };
const event: OperationUpdate = { type: 'event', event: EVENT };
const ended = (state: 'done' | 'failed', more?: Partial<OperationView>): OperationUpdate => ({
  type: 'operation',
  operation: operation(state, more),
});

it('awaited, it is the operation when that is done', async () => {
  await expect(createOperation(daemon(operation('running'), event, ended('done')), REQUEST)).resolves.toMatchObject({ state: 'done' });
  await expect(createOperation(daemon(operation('done')), REQUEST)).resolves.toMatchObject({ state: 'done' });
});

it('iterated, it tells what happens, and is asked for once', async () => {
  const source = daemon(operation('running'), event, ended('done'));
  const told: unknown[] = [];
  for await (const update of createOperation(source, REQUEST)) told.push(update);
  expect(told).toEqual([{ type: 'event', event: { ...EVENT, level: 'info', text: 'stopped' } }, ended('done')]);
  expect(source.counts.asked).toBe(1);
});

it('throws its failure where it is awaited and where it is iterated', async () => {
  const source = daemon(operation('running'), ended('failed', { error: 'the disk is full' }));
  const failure = { code: 'OPERATION_FAILED', message: 'Cannot restart: the disk is full.' };
  await expect(createOperation(source, REQUEST)).rejects.toMatchObject(failure);
  const seen: string[] = [];
  const iterate = async (): Promise<void> => {
    for await (const update of createOperation(source, REQUEST)) seen.push(update.type);
  };
  await expect(iterate()).rejects.toMatchObject(failure);
  expect(seen).toEqual(['operation']);
});

it('rejects with the refusal of the daemon, or of the config', async () => {
  await expect(createOperation(daemon(new Error('refused')), REQUEST)).rejects.toThrow('refused');
  const source = daemon(operation('done'));
  await expect(createOperation(source, Promise.reject(new Error('no such file')))).rejects.toThrow('no such file');
  expect(source.counts.asked).toBe(0);
});

it('an aborted signal ends the waiting with its reason, and the iteration quietly', async () => {
  const source = daemon(operation('running'), event);
  await expect(createOperation(source, REQUEST, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  for await (const update of createOperation(source, REQUEST, AbortSignal.abort())) expect(update).toBe('none');
});

it('rejects where the daemon goes before the end', async () => {
  const source = daemon(operation('running'), event);
  await expect(createOperation(source, REQUEST)).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
  const iterate = async (): Promise<void> => {
    for await (const { type } of createOperation(source, REQUEST)) expect(type).toBe('event');
  };
  await expect(iterate()).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
});

const missed = operation('failed', { outcomes: [{ app: 'a', slot: 1, id: 4, ok: false, text: 'exited with code [1]' }] });
it('a crash of what was started is a failure, but not for who bears crashes', () => {
  expect(failureOf(missed)?.message).toBe('Cannot restart: a:1: exited with code [1].');
  expect(failureOf(missed, 'crashes')).toBeNull();
  expect(failureOf(operation('done'))).toBeNull();
});
