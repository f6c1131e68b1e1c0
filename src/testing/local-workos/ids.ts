import { randomBytes } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A new id in WorkOS's shape: a prefix and a ULID (26 characters of Crockford base 32, ten of them the time).
 * Not a secret: for those see {@link newSecret}.
 *
 * @example newId('org') // 'org_01KB3Y4S8WQ2N5V7XH9TMCZ6RD'
 */
export function newId(prefix: string): string {
  let time = '';
  for (let rest = Date.now(), i = 0; i < 10; i += 1, rest = Math.floor(rest / 32)) time = CROCKFORD[rest % 32] + time;
  let random = '';
  for (let i = 0; i < 16; i += 1) random += CROCKFORD[Math.floor(Math.random() * 32)];
  return `${prefix}_${time}${random}`;
}

/** 32 random bytes as base64url, for codes, tokens and signatures. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
