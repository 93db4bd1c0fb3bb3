// The supervisors of one host by the name of their app: hands commands to them, and knows when an app is gone.
import type { LeftSocket } from '../balance/types.ts';
import { completeRelease } from '../model/earlier-release.ts';
import type { AppSnapshot, HostCommand, HostMessage, HostRecord, LogLine } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import type { SupervisedApp, Supervisor } from './supervisor.ts';

/** Commands that concern apps; the link answers the others itself. */
export type AddressedCommand = Exclude<HostCommand, { type: 'hello' | 'ack' | 'goodbye' | 'follow' | 'hear' | 'hand-over' }>;

export interface Roster {
  /** To be called before anything else, and at most once: goes on where a dead host ended. */
  inherit(record: HostRecord, sockets: readonly LeftSocket[]): void;
  take(command: AddressedCommand, reply: (message: HostMessage) => void): void;
  snapshot(): readonly AppSnapshot[];
  apps(): readonly SupervisedApp[];
  supervisors(): readonly Supervisor[];
  /** To be called after an instance was removed: forgets apps without any. */
  prune(): void;
}

export interface RosterOptions {
  readonly create: (release: Release) => Supervisor;
  readonly tail: (app: string, wanted: { readonly slots: readonly number[]; readonly lines: number }) => readonly LogLine[];
  readonly reopenLogs: () => void;
  readonly forgotten: (app: string) => void;
  /** An app was inherited. */
  readonly tookOver: (app: string, what: { readonly dead: number; readonly living: number }) => void;
  /** A shutdown was asked for and nothing runs any more. */
  readonly emptied: () => void;
}

export function createRoster(options: RosterOptions): Roster {
  const supervisors = new Map<string, Supervisor>();
  let shutdown: { readonly done: () => void } | null = null;

  function supervisorOf(command: AddressedCommand): Supervisor | undefined {
    if (command.type === 'shutdown' || command.type === 'reopen' || command.type === 'self-reports') return undefined;
    const name = command.type === 'apply' ? command.release.spec.name : command.app;
    const known = supervisors.get(name);
    if (known || command.type !== 'apply') return known;
    const created = options.create(command.release);
    supervisors.set(name, created);
    return created;
  }

  function inherit({ apps, process }: HostRecord, sockets: readonly LeftSocket[]): void {
    for (const recorded of apps) {
      const app = { ...recorded, releases: recorded.releases.map(completeRelease) };
      const release = app.releases.find(({ number }) => number === app.release);
      const own = sockets.filter((socket) => socket.app === app.name);
      // Whoever has brought this host up has no copies of theirs (they run as another user, or an update was in between): they go on alone.
      const hasListened = app.instances.some((instance) => instance.hasListened);
      const isOthers = release?.spec.mode === 'cluster' && sockets.length > 0 && own.length === 0 && hasListened;
      if (release === undefined || isOthers) continue;
      const supervisor = options.create(release);
      supervisors.set(app.name, supervisor);
      supervisor.inherit(app, own, (living) => options.tookOver(app.name, { dead: process.pid, living }));
    }
  }

  function take(given: AddressedCommand, reply: (message: HostMessage) => void): void {
    const command = 'release' in given ? { ...given, release: completeRelease(given.release) } : given;
    const { ticket } = command;
    const done = (): void => reply({ type: 'reply', ticket, error: null });
    if (command.type === 'shutdown') return shutDown(done);
    if (command.type === 'reopen') {
      options.reopenLogs();
      return done();
    }
    if (command.type === 'self-reports') {
      const selfReports = [...supervisors.values()].flatMap((one) => one.selfReports());
      return reply({ type: 'reply', ticket, error: null, selfReports });
    }
    const supervisor = supervisorOf(command);
    if (!supervisor) return reply({ type: 'reply', ticket, error: `no app ${'app' in command ? command.app : ''} on this host` });
    if (command.type === 'tail') return reply({ type: 'reply', ticket, error: null, lines: options.tail(command.app, command) });
    if (command.type === 'input') return supervisor.input(command, (error) => reply({ type: 'reply', ticket, error }));
    if (command.type === 'message') return supervisor.call(command, (answer) => reply({ type: 'reply', ticket, error: null, answer }));
    if (command.type === 'rollout') return supervisor.rollout(command, (error) => reply({ type: 'reply', ticket, error }));
    supervisor.command(command, done);
  }

  function shutDown(done: () => void): void {
    shutdown = { done };
    for (const supervisor of supervisors.values()) {
      supervisor.command({ type: 'remove', slots: supervisor.lives().map((live) => live.slot) }, () => {});
    }
    prune();
  }

  function prune(): void {
    for (const [name, supervisor] of supervisors) {
      if (supervisor.lives().length > 0) continue;
      supervisors.delete(name);
      options.forgotten(name);
    }
    if (shutdown === null || supervisors.size > 0) return;
    const { done } = shutdown;
    shutdown = null;
    done();
    options.emptied();
  }

  return {
    inherit,
    take,
    snapshot: () => [...supervisors.values()].map((supervisor) => supervisor.snapshot()),
    apps: () => [...supervisors.values()].map((supervisor) => supervisor.present()),
    supervisors: () => [...supervisors.values()],
    prune,
  };
}
