import { Controller, Get, Inject, Req, Res, UseGuards } from '@nestjs/common';
import type { Response } from 'express';
import type { SignedInRequest } from '../auth/session.js';
import { SsoGuard } from '../auth/sso.guard.js';
import { BLOG_CONFIG, type BlogConfig } from '../core/blog.config.js';
import { PostsRepository } from '../posts/posts.repository.js';
import { InvitationsRepository } from '../team/invitations.repository.js';
import { Cookies } from '../web/cookies.js';
import { PageRenderer } from '../web/page.renderer.js';
import { dashboardView } from './dashboard.view.js';

const POSTS_SHOWN = 5;

/** The first page after the login. It is made of the blog's own data, so it is quick whatever WorkOS does. */
@Controller('dashboard')
@UseGuards(SsoGuard)
export class DashboardController {
  constructor(
    private readonly posts: PostsRepository,
    private readonly invitations: InvitationsRepository,
    private readonly cookies: Cookies,
    private readonly pages: PageRenderer,
    @Inject(BLOG_CONFIG) private readonly config: BlogConfig,
  ) {}

  @Get()
  async show(@Req() request: SignedInRequest, @Res({ passthrough: true }) response: Response): Promise<string> {
    const { user } = request;
    const main = dashboardView({
      user,
      posts: this.posts.page(user.organizationId, { limit: POSTS_SHOWN, offset: 0 }),
      postCount: this.posts.count(user.organizationId),
      invitedCount: this.invitations.count(user.organizationId),
      trailUrl: this.config.local?.trailUrl,
    });
    const message = await this.cookies.takeMessage(request, response);
    return this.pages.render({ title: 'Dashboard', section: 'dashboard', main, request, message });
  }
}
