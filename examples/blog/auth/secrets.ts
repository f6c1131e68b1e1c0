import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A secret that nobody can guess. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares without telling by the time it takes how much was right. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
