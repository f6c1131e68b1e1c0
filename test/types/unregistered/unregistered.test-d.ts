// Compiled, not run: without an AuditRegistry, actions and targets are any strings.
import { Audited, type AuditActionName, type AuditService, defineAuditEvents } from 'nestjs-workos-audit';
import { expectTypeOf } from 'vitest';

declare const audit: AuditService;
declare const action: string;

expectTypeOf<AuditActionName>().toEqualTypeOf<string>();
Audited('any.thing');
Audited(action, {
  targets: { what: 'x', ever: ({ result }) => result.id },
  metadata: { any: 1, thing: () => new Date() },
});
Audited('any.thing', { metadata: { size: ({ result, params }) => result.size + params.id } });
Audited('any.thing', { metadata: ({ user }) => ({ by: user.whatever }) });
void audit.record('any.thing');
void audit.record(action, {
  targets: { what: ['x', { id: 1, metadata: { k: 'v' } }] },
  metadata: { any: { thing: 1 } },
});
expectTypeOf(defineAuditEvents({ 'a.b': { targets: ['x'] } }).events).toHaveProperty('a.b');

// @ts-expect-error an action is a string
Audited(7);
// @ts-expect-error an object without an id
Audited('any.thing', { targets: { post: { name: 'x' } } });
// @ts-expect-error record() takes values
void audit.record('any.thing', { targets: { post: () => 'p1' } });
// @ts-expect-error there is no such option
Audited('any.thing', { target: {} });
// @ts-expect-error there is no such field
void audit.record('any.thing', { target: {} });
