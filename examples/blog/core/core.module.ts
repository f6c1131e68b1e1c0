import { type DynamicModule, Global, Module } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { Cookies } from '../web/cookies.js';
import { PageRenderer } from '../web/page.renderer.js';
import { BLOG_CONFIG, type BlogConfig } from './blog.config.js';
import { Database } from './database.js';
import { Shutdown } from './shutdown.js';

/** What every part of the blog uses. */
@Global()
@Module({})
export class CoreModule {
  static with(config: BlogConfig, workos: WorkOS): DynamicModule {
    const shared = [
      { provide: BLOG_CONFIG, useValue: config },
      { provide: WorkOS, useValue: workos },
      Database,
      Cookies,
      PageRenderer,
    ];
    return { module: CoreModule, providers: [...shared, Shutdown], exports: shared };
  }
}
