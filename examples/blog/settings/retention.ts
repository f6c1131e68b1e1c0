/** What WorkOS's API documents. */
export const RETENTION_DAYS: readonly number[] = [30, 365];

/** Which field of the form is wrong, and why. */
export interface RetentionFault {
  readonly field: 'days' | 'confirmed';
  readonly text: string;
}

export interface RetentionChange {
  readonly days: number;
  /** As it is; `null` if nothing is set. */
  readonly before: number | null;
  /** Whether the box is ticked that older events may go. */
  readonly confirmed: boolean;
}

export function faultOf({ days, before, confirmed }: RetentionChange): RetentionFault | undefined {
  if (!RETENTION_DAYS.includes(days)) {
    return { field: 'days', text: `Choose ${RETENTION_DAYS.join(' or ')} days.` };
  }
  if (before === null || days >= before || confirmed) return undefined;
  return { field: 'confirmed', text: `WorkOS then deletes every event that is older than ${days} days, for good.` };
}
