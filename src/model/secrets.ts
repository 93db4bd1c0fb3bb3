// Which variables look like secrets, and how they are shown. An estimate by name and form: it cannot know. Pure.

const MASK = '********';

/** Anywhere in a name, in any spelling. */
const TELLING = /passw|passphrase|secret|token|credential|api_?key|private_?key/i;
/** As a word of a name: `MYSQL_PWD`, `signingKey`, not `KEYBOARD`. */
const TELLING_WORD = /(^|_)(pass|pwd|keys?|auth|cookie|salt|dsn)(_|$)/i;
/** What only says where one is, or how long it lasts. */
const ABOUT_ONE = /_(file|path|dir|sock|socket|ttl|timeout|expiry|expires(_in)?)$/i;
const NEVER: ReadonlySet<string> = new Set(['PWD', 'OLDPWD', 'TOKENIZERS_PARALLELISM']);

/** The value as it may be shown to whoever looks over a shoulder: masked whole, or the password in an address. */
export function maskSecret(name: string, value: string): string {
  if (value === '') return value;
  return isSecretName(name) || value.includes('PRIVATE KEY-----') ? MASK : maskAddress(value);
}

function isSecretName(name: string): boolean {
  const words = name.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2');
  return !NEVER.has(name) && !ABOUT_ONE.test(words) && (TELLING.test(words) || TELLING_WORD.test(words));
}

/** `postgres://me:hunter2@db/site` without the password (RFC 3986, 3.2.1). */
function maskAddress(value: string): string {
  return value.replaceAll(/([a-z][a-z\d+.-]*:\/\/[^/\s:@]*:)[^@/\s]+@/gi, `$1${MASK}@`);
}
