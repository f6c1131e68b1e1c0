// To be imported by a setup file of Vitest (`setupFiles`), or by a test.
import { expect } from 'vitest';
import { type AuditMatchers, auditMatchers } from './recorded/audit.matchers.js';

expect.extend(auditMatchers);

declare global {
  // Vitest's assertions have what Chai's have. Its own `Matchers` has other type parameters in each major, and cannot be
  // augmented for all of them.
  namespace Chai {
    // oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type -- to be merged
    interface Assertion extends AuditMatchers {}
  }
}
