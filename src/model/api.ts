// The control API: HTTP + JSON over daemon.sock. Request schemas; replies are the types of view.ts, paths are in api-paths.ts.
import * as v from 'valibot';
import { appSpecSchema } from './app-spec.ts';
import { dumpedAppSchema } from './dumped-app.ts';
import { MAX_INPUT_BYTES } from './input.ts';
import type { Bytes } from './units.ts';

const targets = v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1));

/** How a rollout goes about it; what is not said is the app's own setting. */
const manner = {
  parallel: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  surge: v.optional(v.picklist(['one', 'all'])),
};

/** POST /v1/operations. Answered 202 with an OperationView; refused 4xx with `{ error: ErrorView }` and nothing changed. */
export const operationRequestSchema = v.variant('action', [
  /** Creates apps that are not there; those that are there get the new spec and are restarted or reloaded. */
  v.strictObject({
    action: v.literal('apply'),
    specs: v.pipe(v.array(appSpecSchema), v.minLength(1)),
    existing: v.picklist(['restart', 'refuse', 'reload']),
    ...manner,
  }),
  /** Replaces instances one by one without a gap; those that are down are started. */
  v.strictObject({ action: v.literal('reload'), targets, ...manner }),
  /** Returns to the latest earlier release that was healthy, or to the release of that number. */
  v.strictObject({
    action: v.literal('rollback'),
    app: v.string(),
    to: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    ...manner,
  }),
  v.strictObject({ action: v.picklist(['start', 'delete', 'reset']), targets }),
  /** `watch`: what becomes of it for the whole app besides. */
  v.strictObject({ action: v.literal('stop'), targets, watch: v.optional(v.literal('off')) }),
  v.strictObject({ action: v.literal('restart'), targets, watch: v.optional(v.picklist(['on', 'toggle'])) }),
  /** What becomes of it for whole apps; no process is touched. */
  v.strictObject({ action: v.literal('watch'), targets, to: v.picklist(['on', 'off', 'toggle']) }),
  v.strictObject({
    action: v.literal('scale'),
    app: v.string(),
    count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    change: v.optional(v.pipe(v.number(), v.integer())),
  }),
  v.strictObject({ action: v.literal('save'), force: v.optional(v.boolean(), false) }),
  /** Moves the apps to hosts of this build, from those of other builds or, with `all`, from every one. */
  v.strictObject({ action: v.literal('update'), all: v.optional(v.boolean(), false) }),
  /** Forgets what was saved. */
  v.strictObject({ action: v.literal('clear-dump') }),
  /** Brings back what was saved, or these apps; those that are in the list by name are left as they are. */
  v.strictObject({ action: v.literal('resurrect'), apps: v.optional(v.pipe(v.array(dumpedAppSchema), v.minLength(1))) }),
  /** Sends a signal to the processes themselves, not to what they have started. */
  v.strictObject({ action: v.literal('signal'), targets, signal: v.pipe(v.string(), v.regex(/^SIG[A-Z0-9]+$/)) }),
  /** Stops every app, every host and the daemon; what was saved stays. */
  v.strictObject({ action: v.literal('kill') }),
]);

export type OperationRequest = v.InferInput<typeof operationRequestSchema>;

/** POST /v1/inputs. Answered 200 with an InputReply when it is written. */
export const inputRequestSchema = v.pipe(
  v.strictObject({
    target: v.pipe(v.string(), v.minLength(1)),
    /** Without its end. */
    line: v.pipe(
      v.string(),
      v.check((line) => !line.includes('\n'), 'several lines; send one at a time'),
    ),
    /** What is written behind the line: a line feed where nothing is said. */
    end: v.exactOptional(v.string()),
  }),
  v.forward(
    v.check(
      ({ line, end = '\n' }) => lengthOf(line + end) <= MAX_INPUT_BYTES,
      ({ input: { end = '\n' } }) => `longer than ${MAX_INPUT_BYTES - lengthOf(end)} bytes`,
    ),
    ['line'],
  ),
);

function lengthOf(text: string): Bytes {
  return new TextEncoder().encode(text).length;
}

export type InputRequest = v.InferInput<typeof inputRequestSchema>;

const target = v.pipe(v.string(), v.minLength(1));

/** POST /v1/messages: any JSON value for apps, over Node's message channel. Answered 200 with a MessageReply when it was sent. */
export const messageRequestSchema = v.strictObject({ target, message: v.unknown() });

export type MessageRequest = v.InferInput<typeof messageRequestSchema>;

/** An action may take an hour. */
const MAX_ACTION_MS = 3_600_000;

/** POST /v1/triggers: an action that apps have told of. Answered 200 with a TriggerReply when each has answered or was waited for long enough. */
export const triggerRequestSchema = v.strictObject({
  target,
  action: v.pipe(v.string(), v.minLength(1)),
  params: v.optional(v.unknown()),
  timeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_ACTION_MS))),
});

export type TriggerRequest = v.InferInput<typeof triggerRequestSchema>;

/** POST /v1/inspections: opens Node's inspector in one instance. Answered 200 with an InspectionReply when it is open. */
export const inspectionRequestSchema = v.strictObject({ target });

export type InspectionRequest = v.InferInput<typeof inspectionRequestSchema>;

const MAX_PROFILE_MS = 600_000;

/** POST /v1/profiles: where the daemon spends processor time, or who in it holds memory. Answered 200 with a ProfileReply after that time. */
export const profileRequestSchema = v.strictObject({
  kind: v.picklist(['cpu', 'mem']),
  durationMs: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PROFILE_MS)),
});

export type ProfileRequest = v.InferInput<typeof profileRequestSchema>;

/** POST /v1/log-flushes. Answered 200 with a FlushReply when the files are empty; without targets those of all apps, and pm2.log in PM2's home. */
export const flushRequestSchema = v.strictObject({ targets: v.optional(targets) });

export type FlushRequest = v.InferInput<typeof flushRequestSchema>;

/** GET /v1/ping. */
export interface PingReply {
  readonly msg: 'pong';
  readonly version: string;
  readonly pid: number;
}
