// The page of `list`, whole: PM2's table in a pipe and at every width, and what stands below it on a terminal.
import { describe, expect, it } from 'vitest';
import { appsReply, instanceView } from '../../../test/canned-views.ts';
import type { AppsReply } from '../../model/view.ts';
import { createPalette } from './colour.ts';
import { renderList } from './list.ts';
import type { ListStyle } from './list.ts';
import { widthOf } from './wide.ts';

const pipe: ListStyle = {
  maxWidth: null,
  notes: false,
  palette: createPalette(false),
  widthOf,
  saved: false,
  versionOf: (script) => (script === '/srv/web/app.js' ? '2.10.0' : null),
  userOf: ({ uid }) => (uid === null ? 'deploy' : 'www-data'),
  machine: { load: 0.31, processors: 4, memoryUsed: 0.5181 },
};
const at = (maxWidth: number): ListStyle => ({ ...pipe, maxWidth, notes: true });
const MACHINE = 'host metrics | load: 0.3 of 4 | ram usage: 51.8%';

/** With a release of that script. */
function released({ apps, alerts }: AppsReply, script: string): AppsReply {
  const release = { number: 1, createdAt: 0, cwd: '/srv/web', healthy: true };
  const releases = [
    { ...release, script: '/srv/old.js', current: false },
    { ...release, script, current: true },
  ];
  return { apps: apps.map((app) => ({ ...app, releases })), alerts };
}

const idle = { pid: null, uptimeMs: null, cpu: 0 };
const reply = appsReply(
  [
    instanceView({ id: 0, app: 'web', uptimeMs: 59_000 }),
    instanceView({ id: 1, app: 'web', slot: 1, status: 'errored', restarts: 10, ...idle }),
    instanceView({
      id: 2,
      app: 'a-rather-long-name-of-an-app-in-production',
      mode: 'fork',
      status: 'waiting restart',
      restarts: 7,
      ...idle,
    }),
    instanceView({ id: 3, app: 'old', mode: 'fork', status: 'stopped', ...idle }),
  ],
  [{ app: 'web', slot: 1, at: 0, text: 'errored: 10 crashes in 47 s' }],
);

describe("the list in a pipe is PM2's table", () => {
  it('with its columns, order, units and words, sorted by name; nothing is shortened', () => {
    expect(renderList(reply, pipe)).toBe(`\
┌────┬────────────────────────────────────────────┬─────────────┬─────────┬─────────┬──────────┬────────┬──────┬─────────────────┬──────────┬──────────┬──────────┬──────────┐
│ id │ name                                       │ namespace   │ version │ mode    │ pid      │ uptime │ ↺    │ status          │ cpu      │ mem      │ user     │ watching │
├────┼────────────────────────────────────────────┼─────────────┼─────────┼─────────┼──────────┼────────┼──────┼─────────────────┼──────────┼──────────┼──────────┼──────────┤
│ 2  │ a-rather-long-name-of-an-app-in-production │ default     │ N/A     │ fork    │ 0        │ 0      │ 7    │ waiting restart │ 0%       │ 0b       │ deploy   │ disabled │
│ 3  │ old                                        │ default     │ N/A     │ fork    │ 0        │ 0      │ 0    │ stopped         │ 0%       │ 0b       │ deploy   │ disabled │
│ 0  │ web                                        │ default     │ N/A     │ cluster │ 4100     │ 59s    │ 0    │ online          │ 0.3%     │ 52.3mb   │ deploy   │ disabled │
│ 1  │ web                                        │ default     │ N/A     │ cluster │ 0        │ 0      │ 10   │ errored         │ 0%       │ 0b       │ deploy   │ disabled │
└────┴────────────────────────────────────────────┴─────────────┴─────────┴─────────┴──────────┴────────┴──────┴─────────────────┴──────────┴──────────┴──────────┴──────────┘
${MACHINE}
`);
  });

  it("as wide as PM2's where names are short", () => {
    const [top] = renderList(appsReply([instanceView({ app: 'web' })]), pipe).split('\n');
    expect(top).toBe(
      '┌────┬──────────┬─────────────┬─────────┬─────────┬──────────┬────────┬──────┬───────────┬──────────┬──────────┬──────────┬──────────┐',
    );
  });

  it('with the version of the package, the user and whether it is watched', () => {
    const web = released(appsReply([instanceView({ app: 'web', namespace: 'shop' })]), '/srv/web/app.js');
    const rowOf = (differs: object): string[] =>
      renderList({ ...web, apps: web.apps.map((app) => ({ ...app, ...differs })) }, pipe)
        .split('\n')[3]!
        .split('│')
        .map((cell) => cell.trim());
    expect(rowOf({ namespace: 'shop' }).slice(3, 5)).toEqual(['shop', '2.10.0']);
    expect(rowOf({ watch: 'on', uid: 33 }).slice(-3, -1)).toEqual(['www-data', 'enabled']);
    expect(rowOf({ watch: 'paused' }).slice(-3, -1)).toEqual(['deploy', 'paused']);
  });

  it('and nothing besides that a script could count: no alert, no app that waits, no hint', () => {
    const waiting = { for: [], sinceMs: 0, limitMs: 600_000 };
    const page = renderList({ ...reply, apps: reply.apps.map((app) => ({ ...app, waiting })) }, pipe);
    expect(page.match(/errored/g)).toHaveLength(1);
    expect(page).not.toMatch(/alert|waits/);
    expect(renderList({ apps: [], alerts: [] }, { ...pipe, saved: true }).split('\n')).toEqual([
      expect.stringMatching(/^┌.*┐$/),
      expect.stringMatching(/^│ id │ name .*│$/),
      expect.stringMatching(/^└.*┘$/),
      MACHINE,
      '',
    ]);
  });
});

describe('the list on a terminal', () => {
  const title = (page: string): string =>
    page
      .split('\n')[1]!
      .replaceAll(/[│\s]+/g, ' ')
      .trim();

  it.each([
    [200, 'id name namespace version mode pid uptime ↺ status cpu mem user watching'],
    [132, 'id name namespace version mode pid uptime ↺ status cpu mem user watching'],
    [120, 'id name mode ↺ status cpu memory'],
    [80, 'id name mode ↺ status cpu memory'],
    [60, 'id name status cpu mem'],
    [40, 'id name status cpu mem'],
    [26, 'id n… s… c… m…'],
  ])('at %i columns shows %s', (width, columns) => {
    const page = renderList(reply, at(width));
    expect(title(page)).toBe(columns);
    for (const line of page.split('\n').filter((one) => /^[┌├│└]/.test(one))) expect(widthOf(line)).toBeLessThanOrEqual(width);
  });

  it('gives up the room between columns before it shortens a name, and shortens names before it leaves out columns', () => {
    const [web] = renderList(appsReply([instanceView({ app: 'web' })]), at(110))
      .split('\n')
      .slice(3);
    expect(web).toBe('│ 0  │ web  │ default   │ N/A     │ cluster │ 4100 │ 2m     │ 0 │ online │ 0.3% │ 52.3mb │ deploy │ disabled │');
    expect(renderList(reply, at(80)).split('\n')[3]).toBe(
      '│ 2  │ a-rather-long-name-of… │ fork    │ 7  │ waiting restart │ 0%   │ 0b     │',
    );
  });

  it('has what apps wait for and open alerts below', () => {
    const waiting = { for: [{ app: 'db', condition: 'ready', text: 'is starting' } as const], sinceMs: 12_000, limitMs: 600_000 };
    const { apps, alerts } = appsReply([instanceView({ app: 'api' })], reply.alerts);
    expect(renderList({ apps: apps.map((app) => ({ ...app, waiting })), alerts }, at(120))).toContain(`
${MACHINE}

waits  App [api] waits for db (ready), which is starting: 12 s of at most 10 min
alert  App [web:1] errored: 10 crashes in 47 s
`);
  });

  it('says so when it is empty, and what to type; alerts of the manager stay', () => {
    const empty = { apps: [], alerts: [] };
    const end = (page: string): string => page.slice(page.indexOf(MACHINE) + MACHINE.length + 1);
    expect(end(renderList(empty, at(80)))).toBe('\nNo apps in the list. Start one: holdfast start app.js\n');
    expect(end(renderList(empty, { ...at(80), saved: true }))).toBe(
      '\nNo apps in the list. Start one: holdfast start app.js\nOr start what was saved: holdfast resurrect\n',
    );
    expect(end(renderList({ ...empty, alerts: [{ app: null, slot: null, at: 0, text: 'host shared died' }] }, at(80)))).toBe(
      '\nNo apps in the list. Start one: holdfast start app.js\nalert  Holdfast host shared died\n',
    );
  });

  it('pads by what is seen, in colour too', () => {
    const coloured = renderList(reply, { ...pipe, palette: createPalette(true) });
    expect(coloured).toContain(' \u001b[31merrored\u001b[39m         \u001b[2m│');
    expect(coloured).toContain('\u001b[32monline\u001b[39m');
    // oxlint-disable-next-line no-control-regex -- SGR sequences are made of one
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderList(reply, pipe));
  });

  it('lets no name move the cursor', () => {
    expect(renderList(appsReply([instanceView({ app: 'a\u001b[2Jb' })]), pipe)).not.toContain('\u001b');
  });

  it('says until when a job waits for its schedule', () => {
    const { apps, alerts } = appsReply([instanceView({ status: 'waiting', ...idle })]);
    const nextRunAt = new Date(2026, 10, 30, 3).getTime();
    expect(renderList({ apps: apps.map((app) => ({ ...app, nextRunAt })), alerts }, pipe)).toContain('│ stopped (until 11-30 03:00) │');
  });
});
