// How a command is shown to people: `node dist/app.js`, `bash -c 'dotnet run'`. Pure.
import path from 'node:path';
import type { AppSpec } from '../model/app-spec.ts';
import { shellWord } from '../model/shell-word.ts';

const MAX_LENGTH = 200;

/** The interpreter's name, the script (relative to the working folder where it lies inside) and the arguments; long ones are cut. */
export function showCommand(spec: Pick<AppSpec, 'interpreter' | 'interpreterArgs' | 'script' | 'args' | 'cwd'>): string {
  const runner = spec.interpreter === 'none' ? [] : [path.basename(spec.interpreter), ...spec.interpreterArgs];
  const text = [...runner, showScript(spec), ...spec.args].map(quote).join(' ');
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 3)}...` : text;
}

function showScript({ interpreter, script, cwd }: Pick<AppSpec, 'interpreter' | 'script' | 'cwd'>): string {
  const relative = path.relative(cwd, script);
  if (relative !== '' && relative !== '..' && !relative.startsWith('../')) return interpreter === 'none' ? `./${relative}` : relative;
  return script;
}

/** As a shell would need it, with control characters made visible: the text goes into a log. */
function quote(word: string): string {
  // eslint-disable-next-line no-control-regex
  return shellWord(word.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`));
}
