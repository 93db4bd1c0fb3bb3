// `rollback`: returns to an earlier release of an app, the same way as a reload.
import { HoldfastError } from '../../model/errors.ts';
import { shellWord } from '../../model/shell-word.ts';
import { valued } from '../command.ts';
import type { Command, Given } from '../command.ts';
import { carryOutRollouts, readManner, ROLLOUT_OPTIONS } from '../rollout-command.ts';
import { printable } from '../render/width.ts';

const TO = valued('to', 'n', 'the release with this number; holdfast describe lists them');

/** See the first line of this file. */
export const rollback: Command = {
  name: 'rollback',
  aliases: [],
  summary: 'return to the release before that was healthy',
  args: { usage: '<name>', min: 1, max: 1 },
  options: [TO, ...ROLLOUT_OPTIONS],
  examples: [
    { line: 'holdfast rollback api', does: 'the latest earlier release that was healthy, without a gap' },
    { line: 'holdfast rollback api --to 3', does: 'release 3' },
  ],
  notes: [
    'A release is the settings, the environment and the real paths of an app at the time it was started or reloaded: with a symlink to the current folder it is the folder of that time. Where a deploy overwrites files in place, the files of the release before are gone, and only its settings come back.',
  ],
  afterDashes: 'words',
  async run(ctx, given) {
    const [app] = given.words as [string];
    const request = { action: 'rollback' as const, app, ...readRelease(app, given), ...readManner(ctx, 'rollback', given) };
    const title = `rolling back ${printable(app)}`;
    return carryOutRollouts(ctx, [{ verb: 'roll back', title, request, again: `holdfast describe ${shellWord(app)}` }], given);
  },
};

function readRelease(app: string, { options: { to } }: Given): { readonly to?: number } {
  if (to === undefined) return {};
  if (/^[1-9]\d{0,8}$/.test(String(to))) return { to: Number(to) };
  throw new HoldfastError(
    'USAGE',
    `Cannot roll back ${JSON.stringify(app)}: --to is ${JSON.stringify(to)}, which is no number of a release.`,
    {
      hint: `holdfast describe ${shellWord(app)}`,
    },
  );
}
