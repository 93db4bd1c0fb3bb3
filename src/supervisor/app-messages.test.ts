// What apps say and are told over Node's message channel: reports that are kept, actions that are waited for, all else for those who hear.
import { describe, expect, it } from 'vitest';
import { specOf } from '../../test/spec.ts';
import { createTestWorld, createVirtualClock } from '../../test/world.ts';
import type { TestWorld } from '../../test/world.ts';
import { MAX_MESSAGE_CHARS } from '../model/self-report.ts';
import { createEars } from './ears.ts';
import type { CallAnswer } from '../model/protocol.ts';

const GC = { type: 'axm:action', data: { action_name: 'gc' } };
const reply = (value: unknown): object => ({ type: 'axm:reply', data: { at: 1, action_name: 'gc', return: value } });

function running(): TestWorld {
  const world = createTestWorld(specOf({ mode: 'fork', instances: 1 }));
  world.clock.pass(0);
  return world;
}

function call(world: TestWorld, awaits: string | null, message: unknown = awaits): CallAnswer[] {
  const answers: CallAnswer[] = [];
  world.supervisor.call({ slot: 0, message, awaits, limitMs: 5000 }, (answer) => void answers.push(answer));
  return answers;
}

const silent = (reason: string): CallAnswer => ({ kind: 'silent', reason });
const notCalled = (reason: string): CallAnswer => ({ kind: 'not-called', reason });

describe('what an app tells of itself', () => {
  it('is kept until the end of its run, and handed on to nobody', () => {
    const world = running();
    expect(world.supervisor.selfReports()).toEqual([]);
    world.children[0]!.tell({ type: 'axm:monitor', data: { Users: { value: 1 } } });
    world.children[0]!.tell({ type: 'axm:monitor', data: { Users: { value: 2 } } });
    world.children[0]!.tell(GC);
    const report = { metrics: { Users: { value: 2 } }, actions: [{ action_name: 'gc' }], options: {} };
    expect(world.supervisor.selfReports()).toEqual([{ app: 'api', key: 1, report }]);
    expect(world.said).toEqual([]);
    world.children[0]!.exit({ code: 1 });
    world.clock.pass(1000);
    expect(world.living()).toHaveLength(1);
    expect(world.supervisor.selfReports()).toEqual([]);
  });

  it('changes no row: no fact is published for it', () => {
    const world = running();
    const before = world.facts.length;
    for (let at = 0; at < 100; at += 1) world.children[0]!.tell({ type: 'axm:monitor', data: { Users: { value: at } } });
    expect(world.facts.length).toBe(before);
  });
});

describe('what else it says', () => {
  it('is handed on as it is, replies and ready too', () => {
    const world = running();
    for (const message of ['ready', { a: 1 }, 5, null, reply(1)]) world.children[0]!.tell(message);
    expect(world.said).toEqual(['ready', { a: 1 }, 5, null, reply(1)]);
  });
});

describe('a call', () => {
  it('is answered at once where nothing is waited for', () => {
    const world = running();
    expect(call(world, null, { type: 'x', topic: 't', data: 1 })).toEqual([{ kind: 'answered', data: null }]);
    expect(world.children[0]!.got).toEqual(['{"type":"x","topic":"t","data":1}']);
  });

  it('is answered by the reply to its action, the oldest first', () => {
    const world = running();
    world.children[0]!.tell(GC);
    const answers = [call(world, 'gc'), call(world, 'gc')];
    world.children[0]!.tell({ type: 'axm:reply', data: { action_name: 'other' } });
    world.children[0]!.tell(reply('one'));
    expect(answers).toEqual([[{ kind: 'answered', data: { at: 1, action_name: 'gc', return: 'one' } }], []]);
    world.children[0]!.tell(reply('two'));
    world.children[0]!.tell(reply('nobody waits for it'));
    world.clock.pass(10_000);
    expect(answers[1]).toEqual([{ kind: 'answered', data: { at: 1, action_name: 'gc', return: 'two' } }]);
  });

  it('has an end where the app does not answer, or ends', () => {
    const world = running();
    world.children[0]!.tell(GC);
    const slow = call(world, 'gc');
    world.clock.pass(4999);
    expect(slow).toEqual([]);
    world.clock.pass(1);
    expect(slow).toEqual([silent('it did not answer within 5 s')]);
    const cut = call(world, 'gc');
    world.children[0]!.exit({ code: 1 });
    expect(cut).toEqual([silent('it ended before it had answered')]);
  });

  it('is not made where the app does not know the action, or does not run', () => {
    const world = running();
    expect(call(world, 'gc')).toEqual([notCalled('it knows no such action, nor any other')]);
    world.children[0]!.tell(GC);
    expect(call(world, 'dump')).toEqual([notCalled('it knows no such action, only gc')]);
    expect(world.children[0]!.got).toEqual([]);
    world.supervisor.command({ type: 'stop', slots: [0] }, () => {});
    world.children[0]!.exit({ signal: 'SIGINT' });
    expect(call(world, 'gc')).toEqual([notCalled('it is not running')]);
  });
});

describe('ears', () => {
  const by = { app: 'api', slot: 0, id: 3 };

  function setUp() {
    const clock = createVirtualClock();
    const heard: { messages: unknown[]; dropped: number }[] = [];
    const ears = createEars({
      clock,
      deliver: (messages, dropped) => heard.push({ messages: messages.map((one) => one.message), dropped }),
    });
    return { clock, ears, heard };
  }

  it('hear nothing while nobody listens', () => {
    const { ears, heard } = setUp();
    ears.said(by, 'x');
    ears.missed(5);
    ears.open(true);
    ears.said(by, 'y');
    ears.open(false);
    ears.said(by, 'z');
    expect(heard).toEqual([{ messages: ['y'], dropped: 0 }]);
  });

  it('hear so much in a second, and how much was left out', () => {
    const { clock, ears, heard } = setUp();
    ears.open(true);
    for (let at = 0; at < 1500; at += 1) ears.said(by, at);
    expect(heard).toHaveLength(1000);
    clock.pass(1000);
    ears.said(by, 'x'.repeat(MAX_MESSAGE_CHARS));
    ears.said(by, 'later');
    ears.missed(7);
    expect(heard.slice(1000)).toEqual([
      { messages: ['later'], dropped: 501 },
      { messages: [], dropped: 7 },
    ]);
  });
});
