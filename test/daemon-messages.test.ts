// Messages for apps and of apps, actions, and what apps tell of themselves: over the control API, from pretended hosts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallAnswer } from '../src/model/protocol.ts';
import type { AppMessage, SelfReport } from '../src/model/self-report.ts';
import type { AppMessageUpdate } from '../src/model/view.ts';
import { appSpec, createDaemonKit, until } from './daemon-kit.ts';
import type { DaemonKit } from './daemon-kit.ts';

const REPORT: SelfReport = { metrics: { Users: { value: 7 } }, actions: [{ action_name: 'gc' }], options: { error: true } };

let kit: DaemonKit;
beforeEach(async () => {
  kit = await createDaemonKit();
  await kit.operate({ action: 'apply', specs: [appSpec('web', { instances: 2 }), appSpec('other')], existing: 'refuse' });
});
afterEach(() => kit.dispose());

const webHost = (): ReturnType<DaemonKit['hosts']['get']> & object => kit.hosts.get('web')!;
const messagesTo = (app: string): unknown[] =>
  kit.hosts.get(app)!.commands.flatMap((command) => (command.type === 'message' ? [[command.slot, command.message, command.awaits]] : []));

/** Breaks the connection and waits for the next one. */
async function meetAgain(): Promise<void> {
  const greeted = (): number => webHost().commands.filter(({ type }) => type === 'hello').length;
  const before = greeted();
  webHost().hangUp();
  await until(
    'the host to be met again',
    async () => greeted() > before && (await kit.client.manager()).hosts.some(({ name }) => name === 'web'),
  );
}

/** As a host from before messages were handed on. */
async function turnOld(): Promise<void> {
  webHost().talks = false;
  await meetAgain();
}

describe('what instances tell of themselves', () => {
  const reports = async (full: boolean): Promise<unknown[]> =>
    (await kit.client.apps({ full })).apps.flatMap(({ instances }) =>
      instances.map(({ app, slot, selfReport }) => [app, slot, selfReport]),
    );

  it('is asked of the hosts when somebody wants all, and only then', async () => {
    webHost().selfReports = [{ app: 'web', slot: 1, report: REPORT }];
    expect(await reports(false)).toContainEqual(['web', 1, null]);
    expect(webHost().commands.map(({ type }) => type)).not.toContain('self-reports');
    const full = await reports(true);
    expect(full).toContainEqual(['web', 0, null]);
    expect(full).toContainEqual(['web', 1, REPORT]);
    expect(full).toContainEqual(['other', 0, null]);
  });

  it('is missing where a host does not know the question, or does not answer it', async () => {
    webHost().selfReports = [{ app: 'web', slot: 0, report: REPORT }];
    await turnOld();
    expect(await reports(true)).toContainEqual(['web', 0, null]);
    expect(webHost().commands.map(({ type }) => type)).not.toContain('self-reports');
    webHost().talks = true;
    await meetAgain();
    expect(await reports(true)).toContainEqual(['web', 0, REPORT]);
    webHost().freeze();
    expect(await reports(true)).toContainEqual(['web', 0, null]);
    webHost().thaw();
  });
});

describe('a message', () => {
  it('goes to every instance meant, as it is', async () => {
    const message = { type: 'x', topic: 't', data: [1, null] };
    expect(await kit.client.message({ target: 'web', message })).toEqual({ sent: [0, 1].map((slot) => ({ app: 'web', slot, id: slot })) });
    expect(messagesTo('web')).toEqual([0, 1].map((slot) => [slot, message, null]));
    expect(messagesTo('other')).toEqual([]);
  });

  it('that cannot be sent is an error, and so is one for nobody', async () => {
    webHost().answerTo = () => ({ kind: 'not-called', reason: 'its message channel is closed' });
    await expect(kit.client.message({ target: 'web', message: 'x' })).rejects.toMatchObject({
      code: 'OPERATION_FAILED',
      message: 'Cannot send to web:0: its message channel is closed.',
    });
    await expect(kit.client.message({ target: 'nobody', message: 'x' })).rejects.toMatchObject({ code: 'TARGET_NOT_FOUND' });
    await expect(kit.client.message({ target: 'web' } as never)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('to a host of an older version is an error that says what helps', async () => {
    await turnOld();
    await expect(kit.client.message({ target: 'web', message: 'x' })).rejects.toMatchObject({
      message: 'Cannot send to web:0: host web is of an older version, 1.2.3, and hands on no messages before holdfast update.',
    });
    expect(messagesTo('web')).toEqual([]);
  });
});

describe('an action', () => {
  const answered = (value: unknown): CallAnswer => ({ kind: 'answered', data: { at: 5, action_name: 'gc', return: value } });

  it('is done by every instance meant, with its parameter where there is one', async () => {
    webHost().answerTo = ({ slot }) => answered({ slot });
    const who = (slot: number): object => ({ app: 'web', namespace: 'default', slot, id: slot, called: true, error: null, at: 5 });
    expect(await kit.client.trigger({ target: 'web', action: 'gc' })).toEqual({
      answers: [0, 1].map((slot) => ({ ...who(slot), returned: { slot } })),
    });
    await kit.client.trigger({ target: '1', action: 'gc', params: 'full' });
    expect(messagesTo('web')).toEqual([
      [0, 'gc', 'gc'],
      [1, 'gc', 'gc'],
      [1, { msg: 'gc', opts: 'full', id: 1 }, 'gc'],
    ]);
  });

  it('is told with each reason where it was not done', async () => {
    webHost().answerTo = ({ slot }) =>
      slot === 0 ? { kind: 'not-called', reason: 'it knows no such action' } : { kind: 'silent', reason: 'it did not answer within 1 s' };
    const { answers } = await kit.client.trigger({ target: 'web', action: 'gc', timeoutMs: 1000 });
    expect(answers.map(({ called, error }) => [called, error])).toEqual([
      [false, 'it knows no such action'],
      [true, 'it did not answer within 1 s'],
    ]);
  });

  it('of nobody, and one without a name, are refused', async () => {
    await expect(kit.client.trigger({ target: 'nobody', action: 'gc' })).rejects.toMatchObject({
      code: 'TARGET_NOT_FOUND',
      message: expect.stringContaining('Cannot trigger gc on nobody') as string,
    });
    await expect(kit.client.trigger({ target: 'web', action: '' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('what apps say', () => {
  const said = (message: unknown): AppMessage => ({ at: 1, app: 'web', slot: 0, id: 0, message });

  it('is streamed while somebody reads, with the number of what is missing, from a new host too', async () => {
    const abort = new AbortController();
    const heard: AppMessageUpdate[] = [];
    let isOpen = false;
    const done = (async () => {
      for await (const update of kit.client.messages({ signal: abort.signal, opened: () => void (isOpen = true) })) heard.push(update);
    })();
    const hears = (): unknown[] => webHost().commands.flatMap((command) => (command.type === 'hear' ? [command.on] : []));
    await until('the stream to be open', () => isOpen && hears().length === 1);
    webHost().say([said('one')], 3);
    await until('it to be heard', () => heard.length === 2);
    webHost().hangUp();
    await until('the host to be told again', () => hears().length === 2);
    webHost().say([said({ two: 2 })]);
    await until('it to be heard', () => heard.length === 3);
    expect(heard).toEqual([
      { type: 'left-out', count: 3 },
      { type: 'message', message: said('one') },
      { type: 'message', message: said({ two: 2 }) },
    ]);
    abort.abort();
    await done;
    await until('the host to be told that nobody hears', () => hears().at(-1) === false);
  });
});
