import { Injectable } from '@nestjs/common';
import { AuditService, systemActor } from 'nestjs-workos-audit';

/** As in "The decorator". */
@Injectable()
export class CleanUpService {
  constructor(private readonly audit: AuditService) {}

  nightly(organizationId: string): Promise<void> {
    return this.audit.runAs(systemActor('nightly-clean-up', { organizationId }), async () => {
      await this.audit.record('post.delete', { targets: { post: 'p1' }, metadata: { title: 'Old' } });
    });
  }
}
