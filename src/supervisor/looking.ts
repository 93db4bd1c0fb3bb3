// What a look needs of an instance, from what its supervisor holds of it.
import { instanceEnvironment } from '../launch/environment.ts';
import { isNodeInterpreter } from '../model/interpreter.ts';
import type { LookTarget } from '../probe/target.ts';
import type { Live } from './live.ts';
import type { Traffic } from './traffic.ts';

/** Null while it has no child: there is nothing to look at. */
export function lookTargetOf(live: Live, traffic: Traffic): LookTarget | null {
  const { run, release } = live;
  if (run === null || release === null) return null;
  const { spec, cwd } = release;
  return {
    pid: run.child?.pid ?? null,
    port: run.listens?.port ?? null,
    connect: (port, taken) => traffic.connect(live, port, taken),
    sharesPort: run.listens?.reusesPort ?? false,
    found: run.found,
    cwd,
    user: spec.user,
    env: instanceEnvironment(spec, live, null),
    messages: isNodeInterpreter(spec.interpreter)
      ? {
          send: (message) => run.child?.sendToApp(message) ?? false,
          hear(listener) {
            run.listeners.add(listener);
            return () => void run.listeners.delete(listener);
          },
        }
      : null,
  };
}
