import { AssertionError } from 'node:assert';
import type { AuditActionName } from '../../catalogue/typed.js';
import type { AnyExpectation, AuditedExpectation, AuditExpectation } from './expectation.js';
import { judge } from './judge.js';
import type { AuditTrail } from './trail.js';

/**
 * `expect(audit).toHaveAudited(…)` for `node:test` and any other runner. Patterns are regular expressions.
 *
 * @example
 * assertAudited(audit, 'post.delete', { targets: { post: /^p/ }, times: 1 });
 * @throws AssertionError that says what was audited instead
 */
export function assertAudited<Action extends AuditActionName>(
  audit: AuditTrail,
  action: Action,
  expectation?: AuditedExpectation<Action>,
): void {
  const { pass, message } = judge('assertAudited()', audit, action, expectation as AnyExpectation | undefined);
  if (!pass) throw new AssertionError({ message: message(), stackStartFn: assertAudited });
}

/**
 * The contrary of {@link assertAudited}.
 *
 * @example
 * assertNotAudited(audit, 'post.delete');
 * @throws AssertionError with the event that was audited
 */
export function assertNotAudited<Action extends AuditActionName>(
  audit: AuditTrail,
  action: Action,
  expectation?: AuditExpectation<Action>,
): void {
  const { pass, message } = judge('assertNotAudited()', audit, action, expectation as AnyExpectation | undefined);
  if (pass) throw new AssertionError({ message: message(), stackStartFn: assertNotAudited });
}
