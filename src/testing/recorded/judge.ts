import { differencesOf } from './compare.js';
import { checkExpectation } from './expectation.check.js';
import type { AnyExpectation } from './expectation.js';
import { foundReport, missingReport } from './report.js';
import { type AuditTrailEvent, toTrail } from './trail.js';

/** Whether something was audited, and the words for the case that this is not what was wanted. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/** @throws AuditUsageError when the question makes no sense, so that its negation cannot pass either */
export function judge(caller: string, received: unknown, action: string, expectation: AnyExpectation = {}): Verdict {
  const trail = toTrail(received, caller);
  checkExpectation(caller, action, expectation, trail.catalogue);
  const found = trail.events.filter((event) => matches(event, action, expectation));
  const { times } = expectation;
  const pass = times === undefined ? found.length > 0 : found.length === times;
  return {
    pass,
    message: () => {
      const details = Object.keys(expectation).some((field) => field !== 'times') ? ' with' : '';
      const wanted = `Expected '${action}' ${pass ? 'not ' : ''}to be audited`;
      if (times === undefined && !pass) return missingReport(trail, `${wanted}${details}:`, action, expectation);
      if (times === undefined) return foundReport(found, `${wanted}${details}:`, expectation);
      const headline = `${wanted} ${often(times)} (it was ${often(found.length)})${details}:`;
      return found.length < times
        ? missingReport(trail, headline, action, expectation)
        : foundReport(found, headline, expectation);
    },
  };
}

export function matches(event: AuditTrailEvent, action: string, expectation: AnyExpectation): boolean {
  return differencesOf(event, action, expectation).length === 0;
}

function often(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}
