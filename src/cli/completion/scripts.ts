// What a shell has to run to complete our words: a few lines that ask us at each Tab. Pure: text.

/** A shell we can complete in. */
export type ShellName = 'bash' | 'zsh' | 'fish';

export const SHELL_NAMES: readonly ShellName[] = ['bash', 'zsh', 'fish'];

/** `program` answers; `names` are those it is called by. `takesFiles` are the commands after which files make sense. */
export interface ScriptParts {
  readonly program: string;
  readonly names: readonly string[];
  readonly takesFiles: readonly string[];
}

/** The lines for a shell, with a newline at the end. */
export function completionScript(shell: ShellName, parts: ScriptParts): string {
  switch (shell) {
    case 'bash':
      return bashScript(parts);
    case 'zsh':
      return zshScript(parts);
    case 'fish':
      return fishScript(parts);
    default:
      return shell satisfies never;
  }
}

/**
 * Words are cut at blanks, not where COMP_WORDBREAKS says: app names have colons. What bash believes to be there already must then
 * not be given back (bash(1), Programmable Completion).
 */
function bashScript({ program, names }: ScriptParts): string {
  return `_${program}_completion() {
  local line="\${COMP_LINE:0:COMP_POINT}" word current known
  local -a typed
  read -ra typed <<< "$line"
  if [[ $line == *[[:space:]] ]]; then typed+=(""); fi
  current="\${typed[\${#typed[@]}-1]}"
  known=""
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then known="\${current%"\${current##*:}"}"; fi
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    if [[ -n $word ]]; then COMPREPLY+=("$(printf '%q' "\${word#"$known"}")"); fi
  done < <(${program} completion words -- "\${typed[@]}" 2>/dev/null)
}
complete -o default -F _${program}_completion ${names.join(' ')}
`;
}

function zshScript({ program, names }: ScriptParts): string {
  return `if (( ! $+functions[compdef] )); then autoload -Uz compinit && compinit; fi
_${program}_completion() {
  local line
  local -a found shown
  for line in "\${(@f)$(${program} completion words -- "\${(@)words[1,CURRENT]}" 2>/dev/null)}"; do
    if [[ -z $line ]]; then continue; fi
    found+=("\${line%%$'\\t'*}")
    shown+=("\${line/$'\\t'/  }")
  done
  if (( $#found )); then compadd -l -d shown -a found; else _files; fi
}
compdef _${program}_completion ${names.join(' ')}
`;
}

function fishScript({ program, names, takesFiles }: ScriptParts): string {
  const ask = `(${program} completion words -- (commandline -opc) (commandline -ct) 2>/dev/null)`;
  const seen = `__fish_seen_subcommand_from ${takesFiles.join(' ')}`;
  return names
    .map((name) => `complete -c ${name} -n 'not ${seen}' -f -a '${ask}'\ncomplete -c ${name} -n '${seen}' -F -a '${ask}'\n`)
    .join('');
}
