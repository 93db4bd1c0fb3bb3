// The status of an HTTP answer, from its first bytes. No headers, no body.

export type StatusRead =
  | { readonly kind: 'status'; readonly status: number; readonly text: string }
  /** More bytes are needed. */
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'not-http' };

/** A status line that is longer is none. */
const LONGEST_CHARS = 8192;
/** Of what the server says beside the number: people read it in a list. */
const LONGEST_REASON_CHARS = 60;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?\r?\n/;
const SWITCHING_PROTOCOLS = 101;

/** Reads the first final status; interim ones (100 Continue, 103 Early Hints: RFC 9110, 15.2) are passed over. */
export function readStatus(answer: string): StatusRead {
  const [line, code, reason = ''] = STATUS_LINE.exec(answer) ?? [];
  if (line === undefined) return isBeginning(answer) ? { kind: 'unfinished' } : { kind: 'not-http' };
  const status = Number(code);
  if (status >= 200 || status === SWITCHING_PROTOCOLS) return { kind: 'status', status, text: `${code} ${clean(reason)}`.trim() };
  const end = answer.indexOf('\r\n\r\n');
  return end < 0 ? { kind: 'unfinished' } : readStatus(answer.slice(end + 4));
}

function isBeginning(answer: string): boolean {
  const start = 'HTTP/1.';
  return answer.length < LONGEST_CHARS && !answer.includes('\n') && (start.startsWith(answer) || answer.startsWith(start));
}

function clean(reason: string): string {
  return reason.replaceAll(/[^\x20-\x7e]/g, '').slice(0, LONGEST_REASON_CHARS);
}
