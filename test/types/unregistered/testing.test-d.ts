// Compiled, not run: the test kit without a catalogue in AuditRegistry.
import type { AuditMetadata } from 'nestjs-workos-audit';
import { assertAudited, type RecordedAudit } from 'nestjs-workos-audit/testing';
import 'nestjs-workos-audit/testing/vitest';
import { expect, expectTypeOf } from 'vitest';

declare const audit: RecordedAudit;

// Any action, target and metadata.
expect(audit).toHaveAudited('what.ever', { targets: { thing: 't1', other: [1, /x/] }, metadata: { any: new Date() } });
expect(audit).not.toHaveAudited('what.ever');
assertAudited(audit, 'what.ever', { actor: 'u1', times: 3 });
expectTypeOf(audit.only('what.ever').action).toEqualTypeOf<'what.ever'>();
expectTypeOf(audit.only('what.ever').metadata).toEqualTypeOf<Readonly<AuditMetadata>>();
expectTypeOf(audit.events[0]?.metadata['size']).toEqualTypeOf<string | number | boolean | undefined>();
void audit.waitFor('what.ever', ({ targets }) => targets.length > 1);
// @ts-expect-error an action is a text
expect(audit).toHaveAudited(7);
// @ts-expect-error no such field
expect(audit).toHaveAudited('what.ever', { meta: {} });
// @ts-expect-error a boolean is no target
assertAudited(audit, 'what.ever', { targets: { thing: true } });
// @ts-expect-error a text is no number
assertAudited(audit, 'what.ever', { times: '1' });
// @ts-expect-error the list is frozen
audit.events.push(audit.only('what.ever'));
