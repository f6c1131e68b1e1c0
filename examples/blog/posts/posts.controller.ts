import {
  Body,
  Controller,
  Get,
  NotFoundException,
  Param,
  Post,
  Query,
  Redirect,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { Response } from 'express';
import { Audited, AuditService } from 'nestjs-workos-audit';
import { CsrfGuard } from '../auth/csrf.guard.js';
import type { SignedInRequest } from '../auth/session.js';
import { SsoGuard } from '../auth/sso.guard.js';
import { Cookies } from '../web/cookies.js';
import { field } from '../web/form.js';
import { PageException } from '../web/page.exception.js';
import { PageRenderer } from '../web/page.renderer.js';
import { faultsOf, type Post as BlogPost, type PostDraft, type PostFaults, readDraft } from './post.js';
import { postFormView } from './post-form.view.js';
import { postsView } from './post-list.view.js';
import { postView } from './post.view.js';
import { PostsRepository } from './posts.repository.js';

const POSTS_PER_PAGE = 20;

/** What {@link PostsController.create} returns: where to go, for Nest, and what was made, for the audit event. */
interface Published {
  readonly url: string;
  readonly post: BlogPost;
}

/** The organization's posts. */
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
  async list(
    @Query() query: unknown,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const { organizationId } = request.user;
    const count = this.posts.count(organizationId);
    const last = Math.max(1, Math.ceil(count / POSTS_PER_PAGE));
    const page = Number(field(query, 'page') || 1);
    if (!Number.isInteger(page) || page < 1 || page > last) throw new NotFoundException();
    const posts = this.posts.page(organizationId, { limit: POSTS_PER_PAGE, offset: (page - 1) * POSTS_PER_PAGE });
    const message = await this.cookies.takeMessage(request, response);
    const main = postsView({ posts, count, page, last });
    return this.pages.render({ title: 'Posts', section: 'posts', main, request, message });
  }

  @Get('new')
  write(@Req() request: SignedInRequest): string {
    return this.#form(request, { title: '', body: '' }, {});
  }

  /** The event's target is in what the method returns: only that knows the new post's id. */
  @Post()
  @Redirect('/posts', 303)
  @Audited<'post.create', Published>('post.create', {
    targets: { post: ({ result }) => ({ id: result.post.id, name: result.post.title }) },
  })
  async create(
    @Body() form: unknown,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Published> {
    const draft = readDraft(form);
    const faults = faultsOf(draft);
    if (Object.keys(faults).length > 0) throw new PageException(422, this.#form(request, draft, faults));
    const post = this.posts.create(request.user, draft);
    await this.cookies.say(request, response, `“${post.title}” is published.`);
    return { post, url: `/posts/${post.id}` };
  }

  @Get(':id')
  async show(
    @Param('id') id: string,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const post = this.posts.find(request.user.organizationId, id);
    if (!post) throw new NotFoundException();
    const message = await this.cookies.takeMessage(request, response);
    const main = postView(post, request.csrfToken);
    return this.pages.render({ title: post.title, section: 'posts', main, request, message });
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

  #form(request: SignedInRequest, draft: PostDraft, faults: PostFaults): string {
    const title = Object.keys(faults).length > 0 ? 'Error: Write a post' : 'Write a post';
    const main = postFormView({ draft, faults, csrfToken: request.csrfToken });
    return this.pages.render({ title, section: 'posts', main, request });
  }
}
