// Under which topic the bus tells what an app says, and with what in it.
import { expect, it } from 'vitest';
import { toBusMessage } from './bus-messages.ts';

const speaker = { pm_id: 3, name: 'api', namespace: 'default' };
const told = (message: unknown): unknown => {
  const { topic, payload } = toBusMessage({ at: 7, app: 'api', slot: 0, id: 3, message }, speaker);
  return [topic, payload];
};

it.each([
  [{ type: 'my:own', data: { x: 2 } }, 'my:own'],
  [{ type: 'process:msg', data: { x: 1 } }, 'process:msg'],
  [{ type: 'axm:reply', data: { at: 1, action_name: 'gc', return: null } }, 'axm:reply'],
  [{ type: 'process:exception', data: { message: 'boom' } }, 'process:exception'],
  [{ type: 5, data: {} }, '5'],
])('%j is told under its own type', (message, topic) => {
  expect(told(message)).toEqual([topic, { at: 7, data: message.data, process: speaker }]);
});

it.each([
  ['ready'],
  [null],
  [7],
  [[1, 2]],
  [{ a: 1 }],
  [{ type: 'only' }],
  [{ type: 'x', data: 0 }],
  [{ data: {} }],
  [{ type: {}, data: {} }],
])('%j is told as it is', (message) => {
  expect(told(message)).toEqual(['process:msg', { at: 7, raw: message, process: speaker }]);
});
