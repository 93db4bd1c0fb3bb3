// Hosts that are connected and do not answer: asked when somebody wants to know, never at rest.
import { HoldfastError } from '../model/errors.ts';
import type { Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';
import type { HostLink } from './host-link.ts';

/** How long a host that is well may be busy with something else. */
const PATIENCE_MS: Ms = 1000;

/** Those among the hosts that have not answered a question that costs nothing. */
export async function findSilent(links: readonly HostLink[], clock: Clock): Promise<readonly HostLink[]> {
  const answers = await Promise.all(links.map((link) => answersSoon(link, clock)));
  return links.filter((_, index) => !answers[index]);
}

/** A refusal is an answer; a connection that ends is dealt with elsewhere. */
export function answersSoon(link: HostLink, clock: Clock, patienceMs: Ms = PATIENCE_MS): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.setTimer(patienceMs, () => resolve(false));
    const settle = (): void => {
      cancel();
      resolve(true);
    };
    link.request({ type: 'tail', app: '', slots: [], lines: 0 }).then(settle, (error: unknown) => {
      // The link's own patience is longer than ours: it has been told by then.
      if (error instanceof HoldfastError) settle();
    });
  });
}
