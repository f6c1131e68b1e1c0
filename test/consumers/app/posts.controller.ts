import { Body, Controller, Param, Post as HttpPost, UseGuards } from '@nestjs/common';
import { Audited, AuditService } from 'nestjs-workos-audit';
import { type Post, PostsService } from './posts.service.js';
import { UserGuard } from './user.guard.js';

@Controller('posts')
@UseGuards(UserGuard)
export class PostsController {
  constructor(
    private readonly posts: PostsService,
    private readonly audit: AuditService,
  ) {}

  @HttpPost()
  @Audited<'post.create', Post>('post.create', {
    targets: { post: ({ result }) => ({ id: result.id, name: result.title }) },
    metadata: ({ result }) => ({ title: result.title }),
  })
  create(@Body() { title }: { title: string }): Post {
    return this.posts.create(title);
  }

  @HttpPost(':id/publish')
  async publish(@Param('id') id: string): Promise<void> {
    await this.audit.record('post.publish', { targets: { post: id } });
  }
}

/** The declarations of the package know this application's catalogue. */
export function misuse(audit: AuditService): Promise<void> {
  // @ts-expect-error the catalogue has no such action
  return audit.record('post.crate', { targets: { post: 'post_1' } });
}
