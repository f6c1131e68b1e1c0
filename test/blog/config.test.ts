import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../examples/blog/config.js';

const real = {
  WORKOS_API_KEY: 'sk_test',
  WORKOS_CLIENT_ID: 'client_1',
  WORKOS_COOKIE_PASSWORD: 'a password of at least 32 characters',
};

/** The faults of an environment, as `main.ts` prints them. */
function faultsOf(env: Record<string, string | undefined>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('readConfig', () => {
  it('is local without credentials', () => {
    expect(readConfig({})).toEqual({
      mode: 'local',
      host: '127.0.0.1',
      port: undefined,
      baseUrl: undefined,
      trustProxy: undefined,
      databasePath: 'var/blog.db',
      outboxPath: 'var/audit-outbox.db',
      auth: 'sso',
      webhookSecret: undefined,
    });
    expect(readConfig({ WORKOS_API_KEY: ' ', WORKOS_CLIENT_ID: '' }).mode).toBe('local');
  });

  it('is the real WorkOS with both', () => {
    const others = { BLOG_AUTH: 'authkit', WORKOS_WEBHOOK_SECRET: 'whsec_1' };
    const network = { PORT: '8080', BLOG_URL: 'https://blog.example.com', TRUST_PROXY: '1', HOST: '0.0.0.0' };
    const env = { ...real, ...others, ...network };
    expect(readConfig(env)).toEqual({
      mode: 'workos',
      apiKey: 'sk_test',
      clientId: 'client_1',
      cookiePassword: real.WORKOS_COOKIE_PASSWORD,
      host: '0.0.0.0',
      port: 8080,
      baseUrl: new URL('https://blog.example.com'),
      trustProxy: 1,
      databasePath: 'var/blog.db',
      outboxPath: 'var/audit-outbox.db',
      auth: 'authkit',
      webhookSecret: 'whsec_1',
    });
  });

  it.each(['WORKOS_API_KEY', 'WORKOS_CLIENT_ID', 'WORKOS_COOKIE_PASSWORD'])('names %s when it is missing', (name) => {
    expect(faultsOf({ ...real, [name]: undefined })).toContain(`${name} is missing`);
    expect(faultsOf({ ...real, [name]: '' })).toContain(`${name} is missing`);
  });

  it('names everything that is missing at once', () => {
    const faults = faultsOf({ WORKOS_API_KEY: 'sk_test', PORT: 'x' });
    expect(faults).toContain('WORKOS_CLIENT_ID is missing, although WORKOS_API_KEY is set');
    expect(faults).toContain('WORKOS_COOKIE_PASSWORD is missing');
    expect(faults).toContain("PORT is 'x'");
    expect(faults).not.toContain('sk_test');
  });

  it.each([
    [{ ...real, WORKOS_COOKIE_PASSWORD: 'short' }, 'WORKOS_COOKIE_PASSWORD has 5 characters'],
    [{ PORT: '0' }, 'PORT'],
    [{ PORT: '3000.5' }, 'PORT'],
    [{ PORT: '65536' }, 'PORT'],
    [{ BLOG_URL: 'blog.example.com' }, 'BLOG_URL'],
    [{ BLOG_URL: 'ftp://blog.example.com' }, 'BLOG_URL'],
    [{ BLOG_URL: 'https://blog.example.com/sub' }, 'BLOG_URL'],
    [{ BLOG_URL: 'http://blog.example.com' }, 'https://'],
    [{ TRUST_PROXY: 'true' }, 'TRUST_PROXY'],
    [{ BLOG_AUTH: 'saml' }, 'BLOG_AUTH'],
  ])('refuses %o', (env, words) => {
    expect(faultsOf(env)).toContain(words);
  });
});
