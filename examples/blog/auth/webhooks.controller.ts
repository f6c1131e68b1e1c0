import {
  BadRequestException,
  Controller,
  Headers,
  HttpCode,
  Inject,
  NotFoundException,
  Post,
  type RawBodyRequest,
  Req,
} from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import type { Request } from 'express';
import { DirectoryGroupsService, NotAudited } from 'nestjs-workos-audit';
import { BLOG_CONFIG, type BlogConfig } from '../core/blog.config.js';

/** WorkOS tells that somebody joined or left a group; so teams are right at once, and not at the next login. */
@Controller('webhooks/workos')
export class WebhooksController {
  constructor(
    private readonly workos: WorkOS,
    private readonly groups: DirectoryGroupsService,
    @Inject(BLOG_CONFIG) private readonly config: BlogConfig,
  ) {}

  @Post()
  @HttpCode(200)
  @NotAudited('a change of the customer’s directory, made there')
  async receive(
    @Req() { rawBody }: RawBodyRequest<Request>,
    @Headers('workos-signature') sigHeader?: string,
  ): Promise<void> {
    // With an empty secret, anybody could sign.
    if (!this.config.webhookSecret) throw new NotFoundException();
    if (!rawBody || !sigHeader) throw new BadRequestException();
    const signed = { payload: rawBody, sigHeader, secret: this.config.webhookSecret };
    const event = await this.workos.webhooks.constructEvent(signed).catch(() => {
      throw new BadRequestException();
    });
    this.groups.handleWebhook(event);
  }
}
