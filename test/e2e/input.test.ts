// Input of fork-mode apps: a line by `send`, a terminal by `attach`, and apps that read to the end, do not read, or take none.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runBeside } from './kit/run.ts';
import { CLI, createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const said = async (app: string): Promise<string[]> =>
  (await site.logs(app)).filter(({ stream }) => stream === 'out').map(({ text }) => text);

async function start(...apps: object[]): Promise<void> {
  const result = await site.run('start', site.ecosystem(...apps));
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

const echo = (more: object = {}): object => ({ name: 'echo', script: fixture('echo.cjs'), ...more });

describe('send', () => {
  it('writes a line to every instance meant, as it is', async () => {
    await start(echo({ instances: 2, exec_mode: 'fork' }));
    expect(await site.run('send', 'echo', ' é "x"')).toMatchObject({ code: 0, stdout: 'sent to echo:0 (id 0)\nsent to echo:1 (id 1)\n' });
    expect(await site.run('send', '1', 'only one')).toMatchObject({ code: 0, stdout: 'sent to echo:1 (id 1)\n' });
    await waitFor('all to be heard', async () => (await said('echo')).filter((text) => text.startsWith('got')).length === 3);
    const heard = (await said('echo')).filter((text) => text.startsWith('got'));
    expect(heard.filter((text) => text === 'got " é \\"x\\""')).toHaveLength(2);
    expect(heard).toContain('got "only one"');
    // As under PM2, an app that reads to the end waits for ever.
    expect(await said('echo')).not.toContain('end');
  });

  it('says so where nobody reads, nobody runs, or there is no input, and hurts nothing', async () => {
    await start(
      { name: 'deaf', script: fixture('idle.cjs') },
      { name: 'web', script: fixture('http-server.cjs'), instances: 1, exec_mode: 'cluster', env: { PORT: '0' } },
    );
    const line = 'x'.repeat(4095);
    expect(await site.pipe(Array(16).fill(line).join('\n'), 'attach', 'deaf')).toMatchObject({ code: 0, stdout: '' });
    const full = await site.run('send', 'deaf', 'one more');
    expect([full.code, full.stderr]).toEqual([1, expect.stringContaining('Cannot send to deaf:0: it does not read its standard input')]);
    expect((await site.run('send', 'web', 'x')).stderr).toContain('cluster mode');
    expect((await site.run('send', 'deaf', `${line}x`)).stderr).toContain('longer than 4095 bytes');
    expect((await site.run('send', '99', 'x')).stderr).toContain('Cannot send to 99');
    expect(await site.run('restart', 'deaf')).toMatchObject({ code: 0 });
    expect(await site.run('send', 'deaf', 'heard by the new one')).toMatchObject({ code: 0 });
    await site.run('stop', 'deaf');
    expect((await site.run('send', 'deaf', 'x')).stderr).toContain('Cannot send to deaf:0: it is not running');
  });
});

describe('attach', () => {
  it('shows output, sends what is typed, says how to leave, and leaves the app alone', async () => {
    await start(echo());
    const attached = runBeside(process.execPath, [CLI, 'attach', 'echo'], { cwd: site.folder, env: site.env, isTyped: true });
    await waitFor('it to be attached', () => attached.stderr().includes('Ctrl-C leaves'));
    await site.run('send', 'echo', 'from elsewhere');
    await waitFor('the output', () => attached.stdout().includes('got "from elsewhere"'));
    attached.child.stdin!.write('typed\n');
    await waitFor('the answer', () => attached.stdout().includes('got "typed"'));
    expect(await attached.stop()).toMatchObject({ code: 0 });
    expect(await site.instances('echo')).toMatchObject([{ status: 'online', restarts: 0 }]);
  });

  it('ends each line as the second word says', async () => {
    await start(echo());
    expect(await site.pipe('one\ntwo', 'attach', 'echo', ';\n;')).toMatchObject({ code: 0 });
    await waitFor('all to be heard', async () => (await said('echo')).length === 3);
    expect(await said('echo')).toEqual(['up', 'got "one;"', 'got ";two;"']);
  });

  it('sends a whole file and ends with it', async () => {
    await start(echo());
    const result = await site.pipe('one\ntwo\nlast without an end', 'attach', '0');
    expect(result, result.stderr).toMatchObject({ code: 0 });
    await waitFor('all to be heard', async () => (await said('echo')).length === 4);
    expect(await said('echo')).toEqual(['up', 'got "one"', 'got "two"', 'got "last without an end"']);
  });
});
