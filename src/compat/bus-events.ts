// What PM2's bus calls the things that happen. PM2's commands announce themselves; here they are told from what they bring about. Pure.
import type { HoldfastEvent } from '../model/event.ts';
import type { Pm2Status } from '../model/pm2-status.ts';

/** An event of the bus, about an instance, or about all of an app where the slot is null. */
export interface BusEvent {
  readonly event: 'start' | 'online' | 'exit' | 'restart' | 'restart overlimit' | 'stop' | 'reload';
  /** By a command. */
  readonly manually: boolean;
  readonly app: string;
  readonly slot: number | null;
  /** What its status was then; null for what the list says. */
  readonly status: Pm2Status | null;
}

/** What each instance went through: who has ended it last, and whether it was up before. Empty at first; grows with the slots there are. */
export type Courses = Map<string, 'up' | 'told' | 'itself' | 'rolling'>;

/** None for what PM2 does not tell. */
export function toBusEvents(event: HoldfastEvent, courses: Courses): BusEvent[] {
  const { app, slot } = event;
  if (app === null) return [];
  const key = `${slot} ${app}`;
  const one = (name: BusEvent['event'], manually: boolean, status: Pm2Status | null = null): BusEvent => ({
    event: name,
    manually,
    app,
    slot,
    status,
  });
  switch (event.kind) {
    case 'rollout-started':
      courses.set(`null ${app}`, 'rolling');
      return [];
    case 'rollout-failed':
      courses.delete(`null ${app}`);
      return [];
    case 'rollout-done':
      courses.delete(`null ${app}`);
      return ['reload', 'config', 'rollback'].includes(event.cause) ? [{ ...one('reload', true), slot: null }] : [];
    case 'stopping':
      courses.set(key, 'told');
      return [];
    case 'will-restart':
    case 'second-chance':
      courses.set(key, 'itself');
      return [];
    case 'exited':
      return [one('exit', false)];
    case 'errored':
      courses.set(key, 'itself');
      return [one('restart overlimit', false, 'errored')];
    case 'stopped':
      courses.delete(key);
      return [one('stop', true, 'stopped')];
    case 'online': {
      const course = courses.get(key);
      courses.set(key, 'up');
      const told = course === undefined ? 'start' : course === 'told' ? 'restart' : null;
      const isAsked = told !== null && !courses.has(`null ${app}`);
      return [one('online', false, 'online'), ...(isAsked ? [one(told, true, 'online')] : [])];
    }
    default:
      return [];
  }
}
