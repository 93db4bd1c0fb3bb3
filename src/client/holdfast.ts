// What programs get from `createClient`: the control API in their words, with operations that can be awaited and iterated. It reads no config itself.
import type { OperationRequest } from '../model/api.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { HoldfastError } from '../model/errors.ts';
import type { Ms } from '../model/units.ts';
import type { AppView } from '../model/view.ts';
import type { Client } from './client.ts';
import type {
  AppDetails,
  Client as Holdfast,
  Config,
  ConfigOptions,
  EventsOptions,
  HoldfastEvent,
  RolloutOptions,
  Target,
  Targets,
} from './holdfast-types.ts';
import { createOperation } from './operation.ts';
import type { Operation } from './operation.ts';
import { tell } from './tell.ts';

/** As the command line has it. */
const USUAL_PROFILE_MS: Ms = 10_000;

/** What reads configs. */
export interface Configs {
  /** Whether this is a config, as a value or the name of a file. */
  isConfig(what: Targets | Config): what is Config;
  /** The apps in it. Rejects with every mistake. */
  read(verb: string, what: Config, options: ConfigOptions): Promise<readonly AppSpec[]>;
}

/** Makes the client of programs. Nothing is opened before the first call. */
export function createHoldfast(client: Client, configs: Configs): Holdfast {
  const operate = (request: OperationRequest | Promise<OperationRequest>, signal?: AbortSignal): Operation =>
    createOperation(client, request, signal);
  const change = (action: 'start' | 'restart' | 'reload', what: Targets | Config, options: RolloutOptions): Operation => {
    const manner = action === 'reload' ? mannerOf(options) : {};
    if (!configs.isConfig(what)) return operate({ action, targets: wordsOf(what), ...manner }, options.signal);
    const applied = async (): Promise<OperationRequest> => {
      const specs = await configs.read(action, what, options);
      return {
        action: 'apply',
        specs: specs.map((spec) => ({ ...spec })),
        existing: action === 'reload' ? 'reload' : 'restart',
        ...manner,
      };
    };
    return operate(applied(), options.signal);
  };
  return {
    ping: () => client.ping(),
    manager: () => client.manager(),
    list: async (targets) => (await client.apps(targets === undefined ? {} : { targets: wordsOf(targets) })).apps,
    describe: (target) => describe(client, target),
    alerts: async () => (await client.apps()).alerts,
    start: (what, options = {}) => change('start', what, options),
    restart: (what, options = {}) => change('restart', what, options),
    reload: (what, options = {}) => change('reload', what, options),
    rollback: (app, { to, signal } = {}) => operate({ action: 'rollback', app, ...(to === undefined ? {} : { to }) }, signal),
    stop: (targets, options) => operate({ action: 'stop', targets: wordsOf(targets) }, options?.signal),
    delete: (targets, options) => operate({ action: 'delete', targets: wordsOf(targets) }, options?.signal),
    scale: (app, instances, options) =>
      operate(
        { action: 'scale', app, ...(typeof instances === 'number' ? { count: instances } : { change: Number(instances) }) },
        options?.signal,
      ),
    reset: (targets, options) => operate({ action: 'reset', targets: wordsOf(targets) }, options?.signal),
    signal: (targets, signal, options) => operate({ action: 'signal', targets: wordsOf(targets), signal }, options?.signal),
    save: ({ force = false, signal } = {}) => operate({ action: 'save', force }, signal),
    resurrect: (options) => operate({ action: 'resurrect' }, options?.signal),
    logs: ({ targets, follow = true, ...query } = {}) =>
      client.logs({ ...query, follow, ...(targets === undefined ? {} : { targets: wordsOf(targets) }) }),
    events: (options = {}) => toldEvents(client, options),
    send: async (target, line) => void (await client.send({ target: String(target), line })),
    message: async (target, message) => void (await client.message({ target: String(target), message })),
    messages: (options = {}) => client.messages(options),
    trigger: async (target, action, params) =>
      (await client.trigger({ target: String(target), action, ...(params === undefined ? {} : { params }) })).answers,
    inspect: (target) => client.inspect({ target: String(target) }),
    profile: async (kind, durationMs = USUAL_PROFILE_MS) => (await client.profile({ kind, durationMs })).profile,
    flush: (targets) => client.flush(targets === undefined ? {} : { targets: wordsOf(targets) }),
    reopenLogs: async () => void (await client.reopenLogs()),
  };
}

function mannerOf({ parallel, surge }: RolloutOptions): Pick<RolloutOptions, 'parallel' | 'surge'> {
  return { ...(parallel === undefined ? {} : { parallel }), ...(surge === undefined ? {} : { surge }) };
}

function wordsOf(targets: Targets): string[] {
  return (Array.isArray(targets) ? (targets as readonly Target[]) : [targets as Target]).map(String);
}

async function describe(client: Client, target: Target): Promise<AppDetails> {
  const { apps } = await client.apps({ targets: [String(target)], full: true });
  const [app, ...others] = apps;
  if (app !== undefined && others.length === 0) return withSpec(app);
  throw new HoldfastError(
    'USAGE',
    `Cannot describe ${target}: it means ${apps.length} apps (${apps.map(({ name }) => name).join(', ')}).`,
    {
      hint: 'list',
    },
  );
}

function withSpec({ spec, ...app }: AppView): AppDetails {
  if (spec === undefined) throw new HoldfastError('INTERNAL', `Cannot describe ${app.name}: the daemon has left out its spec.`);
  return { ...app, spec };
}

async function* toldEvents(client: Client, { last = 0, follow = true, signal }: EventsOptions): AsyncGenerator<HoldfastEvent, void> {
  for await (const event of client.events({ last, follow, ...(signal === undefined ? {} : { signal }) })) yield tell(event);
}
