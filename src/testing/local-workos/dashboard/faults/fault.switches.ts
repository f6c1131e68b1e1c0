import type { LocalWorkOSFault } from '../../faults/fault.js';
import { Faults } from '../../faults/faults.js';

/** A switch of the dashboard: how WorkOS is to answer every event from now on. */
export interface FaultSwitch {
  readonly kind: string;
  readonly label: string;
  /** Absent for the way back to normal. */
  readonly fault?: LocalWorkOSFault;
  /** What it does, as a sentence. */
  readonly sentence: string;
}

/** The way back. */
const HEALED = {
  kind: 'heal',
  label: 'Back to normal',
  sentence: 'WorkOS answers as usual.',
} as const satisfies FaultSwitch;

/** The switches, each for `POST /audit_logs/events` until another is thrown. */
export const FAULT_SWITCHES: readonly FaultSwitch[] = [
  { kind: '503', label: '503', fault: { status: 503 }, sentence: 'WorkOS answers every event with 503.' },
  {
    kind: '429',
    label: '429, Retry-After 5',
    fault: { status: 429, retryAfter: 5 },
    sentence: 'WorkOS answers every event with 429 and Retry-After: 5.',
  },
  {
    kind: '429-plain',
    label: '429',
    fault: { status: 429 },
    sentence: 'WorkOS answers every event with 429, without Retry-After.',
  },
  { kind: '401', label: '401', fault: { status: 401 }, sentence: 'WorkOS refuses the API key with 401.' },
  {
    kind: 'html',
    label: 'HTML',
    fault: { status: 502, body: '<html><body><h1>502 Bad Gateway</h1></body></html>' },
    sentence: 'A proxy answers every event with 502 and a page of HTML.',
  },
  { kind: 'hang', label: 'Hang', fault: { hang: true }, sentence: 'WorkOS never answers an event.' },
  { kind: 'slow', label: 'Slow', fault: { delayMs: 3000 }, sentence: 'WorkOS takes 3 seconds for every event.' },
  {
    kind: 'reset',
    label: 'Reset',
    fault: { reset: 'before' },
    sentence: 'The connection is cut before an event is stored.',
  },
  {
    kind: 'reset-after',
    label: 'Reset after',
    fault: { reset: 'after' },
    sentence: 'The event is stored, but the connection is cut before the answer.',
  },
  HEALED,
];

/** What events meet at present. `kind` is empty for a fault that was switched on in code. */
export interface FaultState {
  readonly kind: string;
  readonly sentence: string;
}

/** The switches and the faults behind them. */
export class FaultSwitches {
  constructor(private readonly faults: Faults) {}

  /** Throws a switch: other faults go, those from code as well. Undefined if there is no such switch. */
  throw(kind: unknown): FaultState | undefined {
    const chosen = FAULT_SWITCHES.find((one) => one.kind === kind);
    if (chosen === undefined) return undefined;
    this.faults.heal();
    if (chosen.fault !== undefined) this.faults.add(chosen.fault);
    return this.state;
  }

  get state(): FaultState {
    const [first, ...others] = this.faults.active;
    if (first === undefined) return HEALED;
    const chosen = others.length === 0 ? FAULT_SWITCHES.find(({ fault }) => fault === first) : undefined;
    if (chosen !== undefined) return chosen;
    const n = others.length + 1;
    return { kind: '', sentence: `${n === 1 ? 'A fault' : `${n} faults`} of your code ${n === 1 ? 'is' : 'are'} on.` };
  }
}
