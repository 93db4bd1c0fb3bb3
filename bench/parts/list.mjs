// `holdfast ls` with a warm daemon against `node -e 0`, in alternating rounds.
import { median, timeOf } from '../measure.mjs';
import { cli, withSite } from '../site.mjs';

export function measureList({ quick }) {
  return withSite(async (site) => {
    await site.start({ name: 'idle', script: new URL('../stamps.cjs', import.meta.url).pathname, exec_mode: 'fork' });
    const bare = [];
    const list = [];
    for (let round = 0; round < (quick ? 15 : 41); round += 1) {
      bare.push(await timeOf(process.execPath, ['-e', '0'], site.env));
      list.push(await timeOf(process.execPath, [cli, 'ls'], site.env));
    }
    const ratio = median(list) / median(bare);
    return [
      {
        what: 'holdfast ls, warm daemon',
        figure: `${median(list).toFixed(1)} ms`,
        beside: `node -e 0: ${median(bare).toFixed(1)} ms = ${ratio.toFixed(2)} x`,
        budget: '<= 1.5 x',
        ok: ratio <= 1.5,
      },
    ];
  });
}
