// What a due schedule does, case by case.
import { describe, expect, it } from 'vitest';
import { decideRun } from './schedule.ts';
import type { RunDecision, ScheduledApp, ScheduledSlot } from './schedule.ts';

const up = (slot: number, isRunning = true): ScheduledSlot => ({ slot, goal: 'up', waits: false, isRunning });
const waiting = (slot: number): ScheduledSlot => ({ slot, goal: 'down', waits: true, isRunning: false });
const stopped = (slot: number): ScheduledSlot => ({ slot, goal: 'down', waits: false, isRunning: false });

const server = (...slots: ScheduledSlot[]): ScheduledApp => ({ autorestart: true, mode: 'fork', isBusy: false, slots });
const job = (...slots: ScheduledSlot[]): ScheduledApp => ({ ...server(...slots), autorestart: false });
const run = (action: 'start' | 'restart' | 'reload', ...slots: number[]): RunDecision => ({ kind: 'run', action, slots });
const skip = (reason: 'still-running' | 'busy' | 'stopped'): RunDecision => ({ kind: 'skip', reason });

describe('a schedule that is due', () => {
  it.each<[string, ScheduledApp, RunDecision]>([
    ['restarts a server in fork mode', server(up(0)), run('restart', 0)],
    ['reloads a server in cluster mode', { ...server(up(0), up(1)), mode: 'cluster' }, run('reload', 0, 1)],
    ['restarts a cluster of which one has been given up', { ...server(up(0), waiting(1)), mode: 'cluster' }, run('restart', 0, 1)],
    ['starts a job that has ended', job(waiting(0)), run('start', 0)],
    ['does not start a job twice', job(up(0)), skip('still-running')],
    ['starts those of a job that are not running', job(up(0), waiting(1)), run('start', 1)],
    ['leaves what somebody has stopped', server(stopped(0)), skip('stopped')],
    ['leaves a job that somebody has stopped', job(stopped(0)), skip('stopped')],
    ['touches only what is not stopped', server(stopped(0), up(1)), run('restart', 1)],
    ['waits for nobody: what is busy is left', { ...server(up(0)), isBusy: true }, skip('busy')],
    ['says nothing of what is stopped and busy', { ...server(stopped(0)), isBusy: true }, skip('stopped')],
  ])('%s', (_what, app, decision) => {
    expect(decideRun(app)).toEqual(decision);
  });
});
