import { WorkOS } from '@workos-inc/node';
import type { BlogConfig } from './blog.config.js';

/**
 * The client for everything a person waits for, hence a short time limit and no retries: an authorization code works
 * once, so a second attempt with it can only fail. (The audit module retries its events by itself, in the background.)
 */
export function createWorkOS({ workos: { apiKey, clientId, host } }: BlogConfig): WorkOS {
  return new WorkOS(apiKey, { clientId, timeout: 5_000, maxRetries: 0, ...host });
}

/**
 * The HTTP status of an error of the SDK, if it has one. The SDK's classes are not compared with `instanceof`, because its
 * ESM and CommonJS copies differ.
 */
export function statusOf(error: unknown): number | undefined {
  const { status } = (error ?? {}) as { status?: unknown };
  return typeof status === 'number' ? status : undefined;
}

/** The words of an error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
