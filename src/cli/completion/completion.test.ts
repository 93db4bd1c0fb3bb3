// The pure parts of completion: what may stand at the cursor, our block in a file, and the lines for each shell.
import { describe, expect, it } from 'vitest';
import { allCommands } from '../../../test/run-cli.ts';
import { loadAll } from '../parse.ts';
import { withBlock } from './block.ts';
import { candidatesFor, commandWord } from './candidates.ts';
import { completionScript } from './scripts.ts';

const commands = await loadAll(allCommands());
const apps = [
  { name: 'api', namespace: 'default' },
  { name: 'shop:web', namespace: 'shop' },
  { name: 'bad\nname', namespace: 'default' },
];

/** The words for a line, whose last word is where the cursor is. */
function complete(line: string): string[] {
  const typed = line.split(' ');
  const command = commands.find(({ name, aliases }) => [name, ...aliases].includes(commandWord(typed) ?? '')) ?? null;
  const known = { apps, commands: commands.map(({ name, summary }) => ({ word: name, about: summary })) };
  return candidatesFor(typed, command, known).map(({ word }) => word);
}

describe('candidatesFor', () => {
  it.each([
    ['holdfast rest', ['restart']],
    ['holdfast --silent rest', ['restart']],
    ['holdfast restart ', ['api', 'shop:web', 'shop', 'all']],
    ['holdfast restart sh', ['shop:web', 'shop']],
    ['holdfast restart api ', ['api', 'shop:web', 'shop', 'all']],
    ['holdfast restart --env production a', ['api', 'all']],
    ['holdfast restart --update-e', ['--update-env']],
    ['holdfast del a', ['api', 'all']],
    ['holdfast scale ', ['api', 'shop:web']],
    ['holdfast scale api ', []],
    ['holdfast sendSignal SIGUSR', ['SIGUSR1', 'SIGUSR2']],
    ['holdfast sendSignal SIGHUP a', ['api', 'all']],
    ['holdfast logs --lines ', []],
    ['holdfast start --name a', []],
    ['holdfast start app.js -- a', []],
    ['holdfast start ./a', []],
    ['holdfast help resu', ['resurrect']],
    ['holdfast completion i', ['install']],
    ['holdfast completion install ', ['bash', 'zsh', 'fish']],
    ['holdfast kill ', []],
  ])('%s', (line, words) => {
    expect(complete(line)).toEqual(words);
  });

  it('offers every command, each with what it does, and its options', () => {
    expect(complete('holdfast ')).toEqual(commands.map(({ name }) => name));
    expect(complete('holdfast ls --')).toContain('--json');
    expect(complete('holdfast --')).toEqual(['--help', '--version', '--silent', '--no-color']);
  });
});

describe('withBlock', () => {
  const OURS = '# >>> holdfast completion >>>\none\ntwo\n# <<< holdfast completion <<<\n';

  it.each(['', 'alias x=y\n', '\n\nexport A=1\n\n'])('puts it at the end of %j and takes exactly that out again', (text) => {
    const installed = withBlock(text, 'holdfast', 'one\ntwo\n');
    expect(installed).toBe(text + OURS);
    expect(withBlock(installed!, 'holdfast', 'one\ntwo\n')).toBe(installed);
    expect(withBlock(installed!, 'holdfast', null)).toBe(text);
  });

  it('renews it where it stands, and ends a last line first', () => {
    expect(withBlock(`a\n${OURS}b\n`, 'holdfast', 'three\n')).toBe(
      'a\n# >>> holdfast completion >>>\nthree\n# <<< holdfast completion <<<\nb\n',
    );
    expect(withBlock('no newline', 'holdfast', 'one\ntwo\n')).toBe(`no newline\n${OURS}`);
    expect(withBlock('a\n', 'holdfast', null)).toBe('a\n');
  });

  it.each([
    '# >>> holdfast completion >>>\nrest of the file\n',
    '# <<< holdfast completion <<<\n',
    '# <<< holdfast completion <<<\n# >>> holdfast completion >>>\n',
    `${OURS}${OURS}`,
  ])('touches nothing where the marks do not match: %j', (text) => {
    expect(withBlock(text, 'holdfast', 'one\n')).toBeNull();
    expect(withBlock(text, 'holdfast', null)).toBeNull();
  });

  it('leaves the block of another name alone', () => {
    expect(withBlock(OURS, 'pm2', null)).toBe(OURS);
  });
});

describe('completionScript', () => {
  it.each(['bash', 'zsh', 'fish'] as const)('of %s asks the program that is in PATH, never the word that was typed', (shell) => {
    const script = completionScript(shell, { program: 'pm2', names: ['pm2'], takesFiles: ['start'] });
    expect(script).toContain('pm2 completion words -- ');
    expect(script).not.toMatch(/holdfast|\$\{?1|words\[1\]/);
  });
});
