import type { AuditActionName } from '../../catalogue/typed.js';
import type { AnyExpectation, AuditedExpectation } from './expectation.js';
import { judge, type Verdict } from './judge.js';

/** What `expect(audit)` can do once {@link auditMatchers} are known to it. */
export interface AuditMatchers<R = void> {
  /**
   * Demands that an event of the action was audited, with all that is given. `expect` takes a `RecordedAudit` or a
   * `LocalWorkOS`.
   *
   * @example
   * expect(audit).toHaveAudited('post.delete', { targets: { post: 'p1' }, actor: 'prof_1', times: 1 });
   * @example
   * expect(audit).not.toHaveAudited('post.delete');
   */
  toHaveAudited<Action extends AuditActionName>(action: Action, expectation?: AuditedExpectation<Action>): R;
}

/**
 * The matchers, for any `expect.extend` of Jest's kind. `nestjs-workos-audit/testing/vitest` and `…/testing/jest` (or
 * `…/testing/jest-globals`) register and type them.
 *
 * @example
 * expect.extend(auditMatchers);
 */
export const auditMatchers = {
  toHaveAudited(received: unknown, action: string, expectation?: unknown): Verdict {
    return judge('toHaveAudited()', received, action, expectation as AnyExpectation | undefined);
  },
};
