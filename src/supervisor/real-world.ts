// The world as it is: real processes, real sockets, real files. The only file of the supervisor that names them.
import { existsSync } from 'node:fs';
import { createBalancer } from '../balance/balancer.ts';
import { planLaunch } from '../launch/plan.ts';
import { instanceLogPath } from '../log/paths.ts';
import { createSink } from '../log/sink.ts';
import type { LiveOutput } from '../log/sink.ts';
import type { AppSpec } from '../model/app-spec.ts';
import type { EventBody } from '../model/event.ts';
import type { Fact, SlotId } from '../model/protocol.ts';
import { createSampler } from '../monitor/sampler.ts';
import { adoptChild } from '../platform/adopted-child.ts';
import { launchChild } from '../platform/child.ts';
import { systemClock } from '../platform/clock.ts';
import type { Fifos } from '../platform/fifos.ts';
import { listeningSocketsOf } from '../platform/listening-sockets.ts';
import { holderOfPort } from '../platform/port-holder.ts';
import { createKin } from '../platform/kin.ts';
import { isSameProcess, startTimeOf } from '../platform/proc-stat.ts';
import { lookAt } from '../probe/look-at.ts';
import type { InstanceLog, Processes, World } from './world.ts';

function createProcesses(fifos: Fifos | null): Processes {
  const kin = createKin();
  return {
    launch(options, on) {
      const child = launchChild(options, on, fifos);
      if (child.pid !== null) kin.launched(child.pid, options.joinsSession !== true);
      return child;
    },
    adopt(id, { leads }, on) {
      kin.adopted(id, leads);
      return adoptChild(id, fifos, on);
    },
    identify(pid) {
      const startTime = startTimeOf(pid);
      return startTime === null ? null : { pid, startTime };
    },
    isAlive: isSameProcess,
    signal: kin.signal,
    isAnythingLeft: kin.isAlive,
    measure: createSampler({ clock: systemClock }).sampleTrees,
    holderOfPort,
    listens: (pid) => listeningSocketsOf(pid).length > 0,
  };
}

export interface RealWorldOptions {
  /** Absolute paths of the bundled preloads. */
  readonly preloads: { readonly cluster: string; readonly fork: string };
  /** For the input and output of what is to outlive this process; null gives plain pipes to all. */
  readonly fifos: Fifos | null;
  /** Asked for each run of an instance. */
  readonly feed: { ringOf(app: string): LiveOutput };
  readonly random: () => number;
  readonly publish: (fact: Omit<Fact, 'type' | 'seq'>) => void;
}

export function createRealWorld({ preloads, fifos, feed, random, publish }: RealWorldOptions): World {
  const clock = systemClock;
  let lastKey = 0;

  function openLog(spec: AppSpec, { slot, id }: SlotId): InstanceLog {
    const outPath = instanceLogPath(spec.outFile, id, spec.mergeLogs);
    const errorPath = instanceLogPath(spec.errorFile, id, spec.mergeLogs);
    const subject = { app: spec.name, slot, id };
    const say = (body: EventBody): void =>
      publish({ event: { ...body, at: clock.epochMs(), app: spec.name, slot }, row: null, removed: null, rollout: null });
    const sink = createSink({
      clock,
      outFile: outPath,
      errorFile: errorPath,
      dateFormat: spec.logDateFormat,
      ring: feed.ringOf(spec.name),
      subject,
      onTrouble: (trouble) =>
        say(
          trouble.kind === 'failed'
            ? { kind: 'log-failed', file: trouble.file, reason: trouble.reason }
            : { kind: 'log-recovered', file: trouble.file, lostBytes: trouble.droppedBytes },
        ),
    });
    return { sink, outPath, errorPath };
  }

  return {
    clock,
    random,
    processes: createProcesses(fifos),
    plan: (spec, instance) => planLaunch(spec, instance, preloads),
    openLog,
    createBalancer: ({ queueLimit, queueTimeoutMs, balance }, on) =>
      createBalancer({ clock, queueLimit, queueTimeoutMs, policy: balance, on }),
    look: (target, { check, timeoutMs }, done) => lookAt(check, { target, timeoutMs, clock, done }),
    publish,
    nextKey: () => ++lastKey,
    exists: existsSync,
  };
}
