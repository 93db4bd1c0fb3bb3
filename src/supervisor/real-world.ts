// The world as it is: real processes, real sockets, real files. The only file of the supervisor that names them.
import { existsSync } from 'node:fs';
import { createBalancer } from '../balance/balancer.ts';
import { createNeighbourhood, NO_NEIGHBOURS } from '../balance/neighbours.ts';
import type { Neighbours } from '../balance/neighbours.ts';
import { planLaunch } from '../launch/plan.ts';
import type { LogFiles } from '../log/files.ts';
import { instanceLogPath } from '../log/paths.ts';
import { createSink } from '../log/sink.ts';
import type { LiveOutput } from '../log/sink.ts';
import type { LogTrouble } from '../log/writer.ts';
import type { AppSpec } from '../model/app-spec.ts';
import type { EventBody } from '../model/event.ts';
import type { Fact, SlotId } from '../model/protocol.ts';
import { createSampler } from '../monitor/sampler.ts';
import { adoptChild } from '../platform/adopted-child.ts';
import { launchChild } from '../platform/child.ts';
import { promptClock, systemClock } from '../platform/clock.ts';
import type { Fifos } from '../platform/fifos.ts';
import { holdsListeningSocket } from '../platform/listening-sockets.ts';
import { holderOfPort } from '../platform/port-holder.ts';
import { createKin } from '../platform/kin.ts';
import { removePidFile, writePidFile } from '../platform/pid-file.ts';
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
    listens: holdsListeningSocket,
  };
}

export interface RealWorldOptions {
  /** Absolute paths of the bundled preloads. */
  readonly preloads: { readonly cluster: string; readonly fork: string };
  /** For the input and output of what is to outlive this process; null gives plain pipes to all. */
  readonly fifos: Fifos | null;
  readonly files: LogFiles;
  /** Asked for each run of an instance. */
  readonly feed: { ringOf(app: string): LiveOutput };
  readonly random: () => number;
  readonly speakTo: World['speakTo'];
  readonly succession: World['succession'];
  readonly ears: World['ears'];
  readonly publish: (fact: Omit<Fact, 'type' | 'seq'>) => void;
}

export function createRealWorld({ preloads, fifos, files, feed, random, speakTo, succession, ears, publish }: RealWorldOptions): World {
  const clock = systemClock;
  const neighbourhood = createNeighbourhood();
  let lastKey = 0;

  function openLog(spec: AppSpec, { slot, id }: SlotId, hold: (isHeld: boolean) => void): InstanceLog {
    const pathOf = (file: string | null): string | null => instanceLogPath(file, id, spec.mergeLogs);
    const paths = { out: pathOf(spec.outFile), err: pathOf(spec.errorFile), combined: pathOf(spec.combinedFile) };
    const subject = { app: spec.name, slot, id };
    const say = (body: EventBody): void =>
      publish({ event: { ...body, at: clock.epochMs(), app: spec.name, slot }, row: null, removed: null, rollout: null });
    const sink = createSink({
      clock,
      files,
      paths,
      form: { dateFormat: spec.logDateFormat, json: spec.logJson },
      rotation: spec.logRotation,
      family: {
        files: [...new Set([spec.outFile, spec.errorFile, spec.combinedFile])].filter((file) => file !== null),
        numbered: !spec.mergeLogs,
      },
      ring: feed.ringOf(spec.name),
      subject,
      onTrouble: (trouble) => say(eventOf(trouble)),
      onPressure: hold,
    });
    return { sink, outPath: paths.out, errorPath: paths.err };
  }

  function neighboursOf({ name }: AppSpec): Neighbours {
    return succession(name) === null ? NO_NEIGHBOURS : neighbourhood(name);
  }

  return {
    clock: promptClock,
    random,
    processes: createProcesses(fifos),
    plan: (spec, instance) => planLaunch(spec, instance, preloads),
    openLog,
    createBalancer: (spec, on) =>
      createBalancer({
        clock,
        queueLimit: spec.queueLimit,
        queueTimeoutMs: spec.queueTimeoutMs,
        policy: spec.balance,
        neighbours: neighboursOf(spec),
        on,
      }),
    look: (target, { check, timeoutMs }, done) => lookAt(check, { target, timeoutMs, clock, done }),
    speakTo,
    succession,
    ears,
    publish,
    nextKey: () => ++lastKey,
    pidFile(how, file, pid) {
      if (how === 'write') return writePidFile(file, pid);
      removePidFile(file, pid);
      return null;
    },
    exists: existsSync,
  };
}

function eventOf(trouble: LogTrouble): EventBody {
  const { file } = trouble;
  switch (trouble.kind) {
    case 'failed':
      return { kind: 'log-failed', file, reason: trouble.reason };
    case 'recovered':
      return { kind: 'log-recovered', file, lost: trouble.lost };
    case 'given-up':
      return { kind: 'log-given-up', file, lost: trouble.lost };
    case 'not-rotated':
      return { kind: 'log-not-rotated', file, reason: trouble.reason };
    default:
      return trouble satisfies never;
  }
}
