import type { AuditStats } from 'nestjs-workos-audit';
import type { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { expect } from 'vitest';
import type { Ledger } from '../../crash/support/ledger.js';

/** Of the whole queue, as every instance sees it. */
export const nothingLeft = { pending: 0, leased: 0, held: 0, buried: 0 };

type Counter = 'recorded' | 'delivered' | 'dropped' | 'retried';

/** A counter of all instances together. */
export function sum(stats: readonly AuditStats[], counter: Counter): number {
  return stats.reduce((total, one) => total + one[counter], 0);
}

/** Waits until there is an event for each request that was answered. */
export async function answeredArrived(ledger: Ledger, workos: LocalWorkOS, timeoutMs: number): Promise<void> {
  await expect.poll(() => ledger.verdict(workos.events).missing, { timeout: timeoutMs }).toEqual([]);
}

/** For people who read the figures. */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
