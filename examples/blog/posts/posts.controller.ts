import { Body, Controller, Get, NotFoundException, Param, Post, Redirect, Req, Res, UseGuards } from '@nestjs/common';
import type { Response } from 'express';
import { Audited, AuditService } from 'nestjs-workos-audit';
import { CsrfGuard } from '../auth/csrf.guard.js';
import type { SignedInRequest } from '../auth/session.js';
import { SsoGuard } from '../auth/sso.guard.js';
import { Cookies } from '../web/cookies.js';
import { PageException } from '../web/page.exception.js';
import { PageRenderer } from '../web/page.renderer.js';
import { faultsOf, type Post as BlogPost, type PostDraft, type PostFaults, readDraft } from './post.js';
import { PostsRepository } from './posts.repository.js';
import { postsView } from './posts.view.js';

const SHOWN = 50;

/** The dashboard: the organization's posts. */
@Controller('posts')
@UseGuards(SsoGuard, CsrfGuard)
export class PostsController {
  constructor(
    private readonly posts: PostsRepository,
    private readonly audit: AuditService,
    private readonly cookies: Cookies,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async list(@Req() request: SignedInRequest, @Res({ passthrough: true }) response: Response): Promise<string> {
    return this.#page(request, { title: '', body: '' }, {}, await this.cookies.takeMessage(request, response));
  }

  /** The event's target is what the method returns: it knows the new post's id. */
  @Post()
  @Redirect('/posts', 303)
  @Audited<'post.create', BlogPost>('post.create', {
    targets: { post: ({ result }) => ({ id: result.id, name: result.title }) },
  })
  async create(
    @Body() form: unknown,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<BlogPost> {
    const draft = readDraft(form);
    const faults = faultsOf(draft);
    if (Object.keys(faults).length > 0) throw new PageException(422, this.#page(request, draft, faults));
    const post = this.posts.create(request.user, draft);
    await this.cookies.say(request, response, `“${post.title}” is published.`);
    return post;
  }

  /** Recorded when the post is gone, and only then: an exception is no success. */
  @Post(':id/delete')
  @Redirect('/posts', 303)
  @Audited('post.delete', { targets: { post: ({ params }) => params.id } })
  async remove(
    @Param('id') id: string,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const post = this.posts.remove(request.user.organizationId, id);
    if (!post) throw new NotFoundException();
    this.audit.annotate({ metadata: { title: post.title } });
    await this.cookies.say(request, response, `“${post.title}” is deleted.`);
  }

  #page(request: SignedInRequest, draft: PostDraft, faults: PostFaults, message?: string): string {
    const posts = this.posts.latest(request.user.organizationId, SHOWN);
    const main = postsView({ posts, draft, faults, csrfToken: request.csrfToken });
    return this.pages.render({ title: 'Posts', main, request, message });
  }
}
