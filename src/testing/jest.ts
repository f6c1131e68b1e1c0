// To be imported by a setup file of Jest (`setupFilesAfterEnv`), or by a test. Types those of @types/jest.
import { expect } from '@jest/globals';
import { type AuditMatchers, auditMatchers } from './recorded/audit.matchers.js';

expect.extend(auditMatchers);

declare global {
  namespace jest {
    // The type parameters must be those of @types/jest.
    // oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type, no-unused-vars -- to be merged
    interface Matchers<R, T = {}> extends AuditMatchers<R> {}
  }
}
