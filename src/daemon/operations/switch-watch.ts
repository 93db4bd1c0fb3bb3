// Switches the watching of an app's files on or off by a command. What is watched stays as its settings say.
import type { DaemonContext } from '../context.ts';

/** Takes effect at once; no process is touched. */
export function switchWatch({ store }: DaemonContext, name: string, to: 'on' | 'off' | 'toggle'): void {
  const app = store.get(name);
  if (app === null) return;
  const { watch } = app.spec;
  const isOn = to === 'toggle' ? !watch.isOn : to === 'on';
  if (isOn !== watch.isOn) store.put({ ...app, spec: { ...app.spec, watch: { ...watch, isOn } } });
}
