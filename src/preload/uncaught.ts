// Tells the supervisor of the error that ends this process. It only watches: what the app and Node do about errors stays as it is.
import type { Channel } from './channel.ts';

const LIMIT = 500;
/** An app that handles an error itself often writes its logs, then exits. */
const LAST_WORDS_MS = 5000;

type Report = Parameters<Channel['say']>[0] & { readonly act: 'uncaught' };

/** Covers exceptions, unhandled rejections and ES modules that fail to load: Node shows all of them to the monitor (Node: process, 'uncaughtExceptionMonitor'). */
export function reportUncaught(channel: Channel): void {
  let last: { readonly report: Report; readonly at: number } | null = null;
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    const report = describe(error);
    if (isFatal()) channel.say(report);
    else last = { report, at: performance.now() };
  });
  process.on('exit', (code) => {
    if (code !== 0 && last !== null && performance.now() - last.at < LAST_WORDS_MS) channel.say(last.report);
  });
}

function isFatal(): boolean {
  return process.listenerCount('uncaughtException') === 0 && !process.hasUncaughtExceptionCaptureCallback();
}

/** Anything can be thrown, also what throws when it is looked at. */
function describe(error: unknown): Report {
  try {
    const { name, message, code, port } = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as Record<
      string,
      unknown
    >;
    return {
      act: 'uncaught',
      name: firstLine(typeof name === 'string' ? name : 'Error'),
      message: firstLine(typeof message === 'string' ? message : ''),
      code: typeof code === 'string' || typeof code === 'number' ? firstLine(String(code)) : null,
      port: typeof port === 'number' ? port : null,
    };
  } catch {
    return { act: 'uncaught', name: 'Error', message: '', code: null, port: null }; // a getter or a proxy of the app threw
  }
}

function firstLine(text: string): string {
  const end = text.search(/[\r\n]/);
  return text.slice(0, Math.min(LIMIT, end < 0 ? LIMIT : end));
}
