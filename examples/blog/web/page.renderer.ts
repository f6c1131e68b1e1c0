import { Inject, Injectable } from '@nestjs/common';
import type { SignedInRequest } from '../auth/session.js';
import { BLOG_CONFIG, type BlogConfig } from '../core/blog.config.js';
import type { Html } from './html.js';
import { layoutView } from './layout.view.js';

/** The parts of the blog that the navigation leads to. */
export type Section = 'dashboard' | 'posts' | 'people' | 'settings';

/** What a page brings to the layout. */
export interface Page {
  readonly title: string;
  readonly main: Html;
  readonly section?: Section;
  /** Absent on pages for people who are not signed in. */
  readonly request?: Pick<SignedInRequest, 'user' | 'csrfToken'>;
  /** What just happened. */
  readonly message?: string;
}

/** Puts the layout around a page. */
@Injectable()
export class PageRenderer {
  constructor(@Inject(BLOG_CONFIG) private readonly config: BlogConfig) {}

  /** A whole document. Express sends a string as `text/html`. */
  render(page: Page): string {
    return `<!doctype html>\n${layoutView(page, this.config.local?.trailUrl).toString()}`;
  }
}
