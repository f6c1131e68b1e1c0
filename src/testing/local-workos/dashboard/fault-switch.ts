import type { LocalWorkOSFault } from '../faults/fault.js';

/** A switch of the live page. `heal` takes all faults away. */
export interface FaultSwitch {
  readonly kind: string;
  readonly label: string;
  readonly fault?: LocalWorkOSFault;
  readonly message: string;
}

/** The switches, each for `POST /audit_logs/events` until it is healed. */
export const FAULT_KINDS: readonly FaultSwitch[] = [
  { kind: '503', label: '503', fault: { status: 503 }, message: 'Every event now meets a 503.' },
  {
    kind: '429',
    label: '429, Retry-After 5',
    fault: { status: 429, retryAfter: 5 },
    message: 'Every event now meets a 429 with Retry-After: 5.',
  },
  { kind: 'hang', label: 'Hang', fault: { hang: true }, message: 'Every event now waits for an answer in vain.' },
  { kind: 'heal', label: 'Heal', message: 'No faults: events are handled as usual.' },
];
