// Makes the child options of one instance from its app spec. It looks up a Node that vanished and starts nothing.
import type { AppSpec } from '../model/app-spec.ts';
import type { EventBody } from '../model/event.ts';
import { isNodeInterpreter } from '../model/interpreter.ts';
import type { LaunchOptions } from '../platform/child.ts';
import { credentialsOf } from './credentials.ts';
import { instanceEnvironment } from './environment.ts';
import { findNode } from './node.ts';
import { showCommand } from './show.ts';

/** Which preload an instance gets: none where Node does not run it. */
export type PreloadKind = 'cluster' | 'fork' | null;

export interface LaunchPlan extends LaunchOptions {
  /** What the log says is started. */
  readonly shown: string;
  readonly preload: PreloadKind;
  /** What the log should say besides. */
  readonly notes: readonly EventBody[];
}

/** Slot in the app and id in the list. */
export interface InstanceNumber {
  readonly slot: number;
  readonly id: number;
}

/** Absolute paths of the files that Node loads before the script. */
export interface Preloads {
  readonly cluster: string;
  readonly fork: string;
}

/** The program, arguments, folder and environment of one instance. Reads the file system only to see whether Node is still there. */
export function planLaunch(spec: AppSpec, instance: InstanceNumber, preloads: Preloads): LaunchPlan {
  return isNodeInterpreter(spec.interpreter) ? planNode(spec, instance, preloads) : planOther(spec, instance);
}

function planNode(spec: AppSpec, instance: InstanceNumber, preloads: Preloads): LaunchPlan {
  const node = findNode(spec.interpreter, spec.env['PATH'] ?? '', spec.cwd);
  return {
    file: node.file,
    args: [...spec.interpreterArgs, '--require', preloads[spec.mode], spec.script, ...spec.args],
    cwd: spec.cwd,
    env: instanceEnvironment(spec, instance, spec.mode),
    ...credentialsOf(spec),
    shown: showCommand(spec),
    preload: spec.mode,
    joinsSession: spec.mode === 'cluster',
    outlivesHost: true,
    takesInput: spec.mode === 'fork',
    notes: node.vanished === null ? [] : [{ kind: 'node-vanished', path: node.vanished, instead: node.file }],
  };
}

/** The config stage never asks for a cluster here; a spec that came over the API may. */
function planOther(spec: AppSpec, instance: InstanceNumber): LaunchPlan {
  const isItself = spec.interpreter === 'none';
  const what = isItself ? 'an executable' : spec.interpreter;
  return {
    file: isItself ? spec.script : spec.interpreter,
    args: isItself ? spec.args : [...spec.interpreterArgs, spec.script, ...spec.args],
    cwd: spec.cwd,
    env: instanceEnvironment(spec, instance, null),
    ...credentialsOf(spec),
    shown: showCommand(spec),
    preload: null,
    outlivesHost: spec.mode === 'fork',
    takesInput: true,
    notes:
      spec.mode === 'cluster'
        ? [{ kind: 'unsupported', what: `cluster mode needs Node, and this is ${what}: its instances share no socket` }]
        : [],
  };
}
