import { Controller, Delete, Module, Param, Post } from '@nestjs/common';
import { Audited, AuditModule, memoryOutbox, NotAudited } from 'nestjs-workos-audit';
import { auditEvents } from './audit-events.js';

@Controller('articles')
class ArticlesController {
  @Delete(':id')
  @Audited('post.delete', { targets: { post: ({ params }) => params.id } })
  remove(@Param('id') id: string): string {
    return id;
  }

  @Post('search')
  @NotAudited('reads only')
  search(): string[] {
    return [];
  }
}

/** What the chapter leaves to the reader: the application. */
@Module({
  imports: [AuditModule.forRoot({ workos: { apiKey: 'sk_test_docs' }, events: auditEvents, outbox: memoryOutbox() })],
  controllers: [ArticlesController],
})
export class BlogModule {}
