import type { INestApplicationContext } from '@nestjs/common';
import { AUDIT_EXPLORER } from '../audit.tokens.js';
import { COVERAGE_FIX, uncoveredRoutes } from '../catalogue/handler.check.js';
import type { HandlerExplorer } from '../catalogue/handler.explorer.js';

/**
 * Demands that every route that changes something (POST, PUT, PATCH, DELETE, GraphQL mutations) is `@Audited`, or
 * `@NotAudited('reason')`. For one line in a test suite.
 *
 * @example
 * expectAuditCoverage(app);
 * @throws Error that lists every route which is neither.
 */
export function expectAuditCoverage(app: INestApplicationContext): void {
  const explorer = app.get<HandlerExplorer>(AUDIT_EXPLORER, { strict: false });
  const uncovered = uncoveredRoutes(explorer.handlers());
  if (uncovered.length === 0) return;
  const list = uncovered.map((route) => `  - ${route}`).join('\n');
  throw new Error(`${uncovered.length} routes are not audited. ${COVERAGE_FIX}:\n${list}`);
}
