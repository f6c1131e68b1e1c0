import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Session } from '../auth/session.js';
import { BLOG_CONFIG, type BlogConfig } from '../core/blog.config.js';
import { SealedCookie } from './sealed-cookie.js';

/** What a sign-in must bring back: proof that it was started in this browser. */
export interface SignInAttempt {
  readonly state: string;
  readonly codeVerifier: string;
}

/** The blog's three cookies. */
@Injectable()
export class Cookies {
  /**
   * Who is signed in. Written at login and never again, so that its life is bounded and no request that is still under way
   * can bring it back after a logout. There is no list of sessions on the server: a copied cookie works until it is old.
   */
  readonly session: SealedCookie<Session>;
  readonly attempt: SealedCookie<SignInAttempt>;
  /** What just happened, for the next page. */
  readonly #flash: SealedCookie<{ message: string }>;

  constructor(@Inject(BLOG_CONFIG) { baseUrl, cookiePassword }: BlogConfig) {
    const common = { password: cookiePassword, secure: baseUrl.protocol === 'https:' };
    this.session = new SealedCookie({ ...common, name: 'blog_session', lifetimeSeconds: 8 * 60 * 60 });
    this.attempt = new SealedCookie({ ...common, name: 'blog_sign_in', lifetimeSeconds: 10 * 60 });
    this.#flash = new SealedCookie({ ...common, name: 'blog_flash', lifetimeSeconds: 60 });
  }

  /** Leaves a message for the next page. */
  async say(request: Request, response: Response, message: string): Promise<void> {
    await this.#flash.write(request, response, { message });
  }

  /** Takes the message that was left, once. */
  async takeMessage(request: Request, response: Response): Promise<string | undefined> {
    const { message } = await this.#flash.read(request, response);
    if (message !== undefined) await this.#flash.clear(request, response);
    return message;
  }
}
