// What happens to a child, told to its instance's lifecycle, its traffic and its log. Each fact has one short way.
import type { RawSocket } from '../balance/node-handles.ts';
import type { AppSpec } from '../model/app-spec.ts';
import type { EventBody } from '../model/event.ts';
import type { FromPreload } from '../model/preload-protocol.ts';
import type { Event } from '../policy/lifecycle.ts';
import { awaitDeparture } from './departure.ts';
import type { ChildFact } from './launching.ts';
import type { Health } from './health.ts';
import type { Live, Run } from './live.ts';
import { pidFileOf } from '../model/pid-file.ts';
import type { RotationKeeper } from './rotation.ts';
import type { Traffic } from './traffic.ts';
import type { World } from './world.ts';

export interface ChildContext {
  /** Of the instance's present run. */
  readonly specOf: (live: Live) => AppSpec;
  readonly world: World;
  readonly traffic: Traffic;
  readonly health: Health;
  readonly rotation: RotationKeeper;
  readonly say: (live: Live, body: EventBody) => void;
  /** Steps the lifecycle now: the fact is being handled in the mailbox. */
  readonly step: (live: Live, event: Event) => void;
  /** Comes back as a fact of its own, later. */
  readonly happened: (live: Live, generation: number, fact: ChildFact) => void;
}

/** Takes a fact about the present run of an instance; facts of earlier runs are to be left out by the caller. */
export function takeFact(fact: ChildFact, live: Live & { readonly run: Run }, context: ChildContext): void {
  const { run } = live;
  switch (fact.kind) {
    case 'launched':
      run.process = context.world.processes.identify(fact.pid) ?? { pid: fact.pid, startTime: '0' };
      notePid('write', live, fact.pid, context);
      context.step(live, { type: 'spawned', generation: run.generation });
      return context.health.launched(live);
    case 'launch-failed':
      return context.step(live, {
        type: 'exited',
        generation: run.generation,
        exit: { code: null, signal: null, error: null, launchError: fact.reason },
      });
    case 'said':
      return takeMessage(fact, live, context);
    case 'told':
      return context.health.shown(live, { told: true });
    case 'ended':
      return takeEnd(fact, live, context);
    case 'departed':
      return context.step(live, {
        type: 'exited',
        generation: run.generation,
        exit: { code: null, signal: null, ...run.lastExit, error: run.uncaught, launchError: null },
      });
    default:
      return fact satisfies never;
  }
}

/** Of an earlier run: a socket that came with it would stay open, and with it the port. */
export function dropFact(fact: ChildFact): void {
  if (fact.kind === 'said') (fact.handle as RawSocket | undefined)?.close();
}

/** Its connections go to others first; then the rest of its tree is waited for or ended. */
function takeEnd(fact: Extract<ChildFact, { kind: 'ended' }>, live: Live & { readonly run: Run }, context: ChildContext): void {
  const { run } = live;
  const { kind: _kind, ...end } = fact;
  run.lastExit = end;
  for (const one of run.waiting) one.settle({ kind: 'silent', reason: 'it ended before it had answered' });
  context.traffic.remove(live);
  context.health.left(live);
  const pid = run.child?.pid ?? null;
  if (pid !== null) notePid('remove', live, pid, context);
  const gone = (): void => context.happened(live, run.generation, { kind: 'departed' });
  if (pid === null || !context.specOf(live).treekill) return gone();
  const { phase } = live.machine;
  awaitDeparture(pid, {
    wasAsked: phase.kind === 'draining' || phase.kind === 'stopping',
    processes: context.world.processes,
    clock: context.world.clock,
    gone,
  });
}

function notePid(how: 'write' | 'remove', live: Live, pid: number, { specOf, world, say }: ChildContext): void {
  const { pidFile } = specOf(live);
  const trouble = pidFile === null ? null : world.pidFile(how, pidFileOf(pidFile, live.id), pid);
  if (trouble !== null) say(live, { kind: 'unsupported', what: trouble });
}

function takeMessage(
  { message, handle }: Extract<ChildFact, { kind: 'said' }>,
  live: Live & { readonly run: Run },
  context: ChildContext,
): void {
  if (context.traffic.receive(live, message, handle)) return;
  switch (message.act) {
    case 'hello':
      live.nodeVersion = message.nodeVersion;
      return context.health.greeted(live);
    case 'beat':
      return context.health.beat(live);
    case 'uncaught':
      live.run.uncaught = message.message === '' ? message.name : `${message.name}: ${message.message}`;
      return sayBusyPort(message, live, context);
    case 'exiting':
      live.run.isExiting = message.on;
      if (!message.on) return context.rotation.update();
      context.rotation.updateUnsaid();
      return context.traffic.takeBack(live);
    case 'drained':
      context.say(live, { kind: 'drained', report: message.report });
      return context.step(live, { type: 'drained', generation: live.run.generation });
    case 'unsupported':
      return context.say(live, { kind: 'unsupported', what: message.what });
    case 'dropped':
      return context.say(live, { kind: 'output-dropped', bytes: message.bytes });
    case 'unsent':
      return context.world.ears.missed(message.count);
    case 'listen':
    case 'close':
    case 'copy':
    case 'took':
    case 'declined':
    case 'withdrawn':
    case 'accepted':
    case 'refused':
    case 'open':
      return;
    case 'listens': {
      const { port, reusesPort } = live.run.listens ?? message;
      live.hasListened = true;
      live.run.listens = { port: port ?? message.port, reusesPort: reusesPort && message.reusesPort };
      return;
    }
    default:
      return message satisfies never;
  }
}

/** In cluster mode the balancer has said it already. */
function sayBusyPort(message: Extract<FromPreload, { act: 'uncaught' }>, live: Live, { specOf, world, say }: ChildContext): void {
  if (message.code !== 'EADDRINUSE' || message.port === null || specOf(live).mode === 'cluster') return;
  say(live, { kind: 'port-busy', address: `port ${message.port}`, holder: world.processes.holderOfPort(message.port) });
}
