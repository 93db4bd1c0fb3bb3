// `remote` and `remoteV2`: methods of the programmatic API called by their names, as agents do that take commands from elsewhere.
import { HoldfastError } from '../model/errors.ts';
import type { Action } from './api-call.ts';

type Called = Readonly<Record<string, Action>>;

/** The two, over these methods. They reject with USAGE for a name that is none. */
export function createCallsByName(methods: Called): Readonly<Record<'remote' | 'remoteV2', Action>> {
  const call = async (verb: string, name: string, args: readonly unknown[]): Promise<unknown> => {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method !== undefined) return (method as (...given: readonly unknown[]) => Promise<unknown>)(...args);
    throw new HoldfastError('USAGE', `Cannot call ${JSON.stringify(name)} by ${verb}: there is no such method.`, {
      hint: "pm2.remote('restart', { name: 'api' })",
    });
  };
  return {
    /** With the `name` alone. */
    remote: (method: string, { name }: { name?: unknown } = {}) => call('remote', method, name === undefined ? [] : [name]),
    /** With all of `args`. */
    remoteV2: (method: string, { args = [] }: { args?: readonly unknown[] } = {}) => call('remoteV2', method, args),
  };
}
