// The program of a mini host: real children, a real balancer, and no supervisor. It does what the test says over IPC and reports what it sees.
import { createBalancer } from '../../../src/balance/balancer.ts';
import { NO_NEIGHBOURS } from '../../../src/balance/neighbours.ts';
import type { RawSocket } from '../../../src/balance/node-handles.ts';
import { CMD } from '../../../src/model/preload-protocol.ts';
import { launchChild } from '../../../src/platform/child.ts';
import type { Child } from '../../../src/platform/child.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { lookAt } from '../../../src/probe/look-at.ts';
import type { LookTarget } from '../../../src/probe/target.ts';
import type { MiniCommand, MiniEvent, MiniOptions } from './mini-host.ts';

const options = JSON.parse(process.argv[2]!) as MiniOptions & { readonly preload: string };
const children = new Map<number, Child>();
let lastKey = 0;
const tell = (event: MiniEvent): void => void process.send?.(event);

const balancer = createBalancer({
  clock: systemClock,
  queueLimit: options.queueLimit ?? 1024,
  queueTimeoutMs: options.queueTimeoutMs ?? 30_000,
  policy: options.policy ?? 'round-robin',
  neighbours: NO_NEIGHBOURS,
  on: {
    listening(key, address) {
      if (options.joins !== 'by hand') balancer.join(key, key - 1);
      tell({ kind: 'listening', key, address });
    },
    bindFailed: (failure) => tell({ kind: 'bind-failed', ...failure }),
  },
});

function launch(): void {
  const key = ++lastKey;
  const preload = options.mode ?? 'cluster';
  const child = launchChild(
    {
      file: options.node ?? process.execPath,
      args: [...(options.nodeArgs ?? []), '--require', options.preload, options.script, ...(options.args ?? [])],
      cwd: options.cwd ?? process.cwd(),
      joinsSession: preload === 'cluster',
      env: {
        ...(process.env as Record<string, string>),
        ...options.env,
        HOLDFAST_PRELOAD: preload,
        ...(preload === 'cluster' ? { NODE_UNIQUE_ID: String(key) } : {}),
      },
    },
    {
      launched: (pid) => tell({ kind: 'launched', key, pid }),
      launchFailed: (reason) => tell({ kind: 'output', key, text: reason }),
      output: (_, chunk) => tell({ kind: 'output', key, text: chunk.toString() }),
      internal(message, handle) {
        if (!balancer.receive(key, message, handle as RawSocket | undefined)) tell({ kind: 'said', key, message });
      },
      message: (message) => tell({ kind: 'app-message', key, message }),
      exited({ code, signal }) {
        children.delete(key);
        balancer.remove(key);
        tell({ kind: 'exited', key, code, signal });
        if (options.restarts === true) launch();
      },
      outputEnded() {},
    },
  );
  children.set(key, child);
  balancer.add({ key, send: (message, handle) => child.sendInternal(message, handle) });
}

function probe({ key, check, timeoutMs }: Extract<MiniCommand, { do: 'probe' }>): void {
  const target: LookTarget = {
    pid: children.get(key)?.pid ?? null,
    port: null,
    connect: (port, taken) => balancer.connect(key, port, taken),
    sharesPort: options.mode === 'fork',
    found: { place: null },
    cwd: process.cwd(),
    env: {},
    user: null,
    messages: null,
  };
  lookAt(check, { target, timeoutMs, clock: systemClock, done: (result) => tell({ kind: 'probed', key, result }) });
}

function obey(command: MiniCommand): void {
  switch (command.do) {
    case 'launch':
      return launch();
    case 'join':
      return balancer.join(command.key, command.key - 1);
    case 'leave':
      return balancer.leave(command.key);
    case 'close':
      return balancer.close();
    case 'drain':
      balancer.leave(command.key);
      return void children.get(command.key)?.sendInternal({ cmd: CMD, act: 'drain', idleMs: command.idleMs, timeoutMs: command.timeoutMs });
    case 'probe':
      return probe(command);
    case 'watch-loop':
      return void children
        .get(command.key)
        ?.sendInternal({ cmd: CMD, act: 'watch-loop', everyMs: command.everyMs, limitMs: command.limitMs });
    case 'send':
      return void children.get(command.key)?.sendToApp(command.message);
    case 'look':
      return tell({ kind: 'look', serving: balancer.serving(), isQuiet: balancer.isQuiet(), sockets: balancer.sockets() });
    default:
      return command satisfies never;
  }
}

process.on('message', (command) => obey(command as MiniCommand));
// The test is gone: nothing may be left.
process.on('disconnect', () => {
  for (const { pid } of children.values()) if (pid !== null) process.kill(pid, 'SIGKILL');
  process.exit();
});
for (let count = 0; count < (options.instances ?? 2); count += 1) launch();
