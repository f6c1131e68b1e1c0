// As jest.ts, for tests that import `expect` from @jest/globals.
import { expect } from '@jest/globals';
import { type AuditMatchers, auditMatchers } from './recorded/audit.matchers.js';

expect.extend(auditMatchers);

declare module 'expect' {
  // oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type, no-unused-vars -- to be merged
  interface Matchers<R extends void | Promise<void>, T = unknown> extends AuditMatchers<R> {}
}
