// What is taken for a secret, and what is not.
import { describe, expect, it } from 'vitest';
import { maskSecret } from './secrets.ts';

const MASK = '********';

describe('a variable', () => {
  it.each([
    'PASSWORD',
    'DB_PASS',
    'PGPASSWORD',
    'MYSQL_PWD',
    'SECRET',
    'JWT_SECRET',
    'GITHUB_TOKEN',
    'NPM_TOKEN',
    'AWS_SECRET_ACCESS_KEY',
    'STRIPE_KEY',
    'APIKEY',
    'apiKey',
    'signingKey',
    'SESSION_COOKIE',
    'SENTRY_DSN',
    'BASIC_AUTH',
    'GOOGLE_CREDENTIALS',
  ])('%s is a secret', (name) => {
    expect(maskSecret(name, 'hunter2')).toBe(MASK);
  });

  it.each([
    'PATH',
    'PWD',
    'OLDPWD',
    'PORT',
    'KEYBOARD',
    'SSH_AUTH_SOCK',
    'TOKEN_TTL',
    'SECRET_FILE',
    'MONKEY',
    'PASSENGER_COUNT',
    'NODE_ENV',
  ])('%s is none', (name) => {
    expect(maskSecret(name, 'x')).toBe('x');
  });

  it('shows an address without its password', () => {
    expect(maskSecret('DATABASE_URL', 'postgres://me:hunter2@db:5432/site')).toBe(`postgres://me:${MASK}@db:5432/site`);
    expect(maskSecret('REDIS', 'redis://:hunter2@cache')).toBe(`redis://:${MASK}@cache`);
    expect(maskSecret('SITE', 'https://example.org:8443/a@b')).toBe('https://example.org:8443/a@b');
  });

  it('that holds a private key is one by its value', () => {
    expect(maskSecret('CERT', '-----BEGIN RSA PRIVATE KEY-----\nMII')).toBe(MASK);
  });

  it('that is empty hides nothing', () => {
    expect(maskSecret('PASSWORD', '')).toBe('');
  });
});
