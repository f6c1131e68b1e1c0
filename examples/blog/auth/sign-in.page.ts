import { Inject, Injectable } from '@nestjs/common';
import { BLOG_CONFIG, type BlogConfig } from '../core/blog.config.js';
import { PageRenderer } from '../web/page.renderer.js';
import { signInView } from './sign-in.view.js';

/** The page with the sign-in form, which two routes show. */
@Injectable()
export class SignInPage {
  constructor(
    private readonly pages: PageRenderer,
    @Inject(BLOG_CONFIG) private readonly config: BlogConfig,
  ) {}

  render({ email, unknown, message }: { email?: string; unknown?: boolean; message?: string }): string {
    const suggestions = this.config.local?.emails ?? [];
    const main = signInView({ email: email ?? suggestions[0] ?? '', unknown: unknown ?? false, suggestions });
    return this.pages.render({ title: 'Sign in', main, message });
  }
}
