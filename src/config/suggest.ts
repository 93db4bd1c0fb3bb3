// Did-you-mean: the known word nearest to an unknown one. Pure.
import { editDistance } from '../model/edit-distance.ts';

/** Spellings that are far from what they mean, as seen in public config files. */
const MEANINGS: Readonly<Record<string, string>> = {
  instance: 'instances',
  memory: 'max_memory_restart',
  maxmemory: 'max_memory_restart',
  memorylimit: 'max_memory_restart',
  watchignore: 'ignore_watch',
  arguments: 'args',
  scriptargs: 'args',
  environment: 'env',
  directory: 'cwd',
  workingdirectory: 'cwd',
  restart: 'autorestart',
  mode: 'exec_mode',
  httpget: 'http',
  path: 'http',
  url: 'http',
  tcpsocket: 'tcp',
  command: 'exec',
  cmd: 'exec',
  ipc: 'message',
  period: 'interval',
  periodseconds: 'interval',
  timeoutseconds: 'timeout',
  failurethreshold: 'failures',
  retries: 'failures',
  successthreshold: 'successes',
  initialdelay: 'start_period',
  initialdelayseconds: 'start_period',
  graceperiod: 'start_period',
  ready: 'readiness',
  alive: 'liveness',
};

/** What to say about invented names that no attribute comes near, as seen in public config files. */
const REMARKS: readonly (readonly [RegExp, string])[] = [
  [/^health_?check/i, "There is no health check by this name, in PM2 neither. Write health: { readiness: { http: '/ready' } }."],
  [/^(readiness|liveness)(_?probe)?$/i, "It stands inside health: health: { readiness: { http: '/ready' } }."],
  [
    /^(log_rotate.*|max_files|max_logs|rotate_?(module|size)|dateFormat|workerInterval)$/,
    'Logs are rotated by log_max_size, log_max_files, log_rotate_every and their kin.',
  ],
  [/^(pre|post)[_-](deploy|start|setup|stop)/, "There are no hooks in an app; deploy hooks stand in deploy.<env>['post-deploy']."],
  [/^deploy$/, 'The deploy section stands beside apps, not inside one.'],
  [/^monitoring$/, 'PM2 ignores it too: take it out.'],
];

/** A remark about an invented attribute, or null. */
export function remarkOn(key: string): string | null {
  return REMARKS.find(([pattern]) => pattern.test(key))?.[1] ?? null;
}

/** The known word that `word` probably means, or null. `known` is in the order of preference. */
export function suggest(word: string, known: readonly string[]): string | null {
  const plain = simplify(word);
  const meaning = MEANINGS[plain];
  if (meaning !== undefined && known.includes(meaning)) return meaning;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(plain.length / 4)) + 1;
  for (const candidate of known) {
    const distance = editDistance(plain, simplify(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[-_. ]/g, '');
}
