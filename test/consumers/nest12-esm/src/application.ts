import { AuditModule, memoryOutbox } from 'nestjs-workos-audit';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';

/** The module of the application's copy of the package, on a LocalWorkOS. */
export async function application() {
  const workos = await LocalWorkOS.start({ schemas: 'open' });
  const audit = AuditModule.forRoot({
    workos: { apiKey: workos.apiKey, ...workos.clientOptions },
    outbox: memoryOutbox(),
    resolveActor: () => ({ actor: { id: 'user_ada' }, organizationId: 'org_local' }),
  });
  return { audit, workos };
}
