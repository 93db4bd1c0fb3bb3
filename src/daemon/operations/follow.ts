// Waits for a rollout that was begun for a daemon, or a command, that is gone. What it has changed is taken in by whoever looks at the app next.
import type { RolloutCause } from '../../model/rollout.ts';
import type { Plan } from './plan.ts';
import { failureText } from './roll-out.ts';

/** It has begun already: nothing can be refused. */
export function planFollow(app: string, cause: RolloutCause): Plan {
  return {
    apps: [app],
    hurries: [],
    async run(task) {
      const end = await task.follow(app, cause);
      if (end.kind === 'let-go') return task.fail(end.text);
      if (end.state.phase === 'failed') task.fail(failureText(end.state));
    },
  };
}
