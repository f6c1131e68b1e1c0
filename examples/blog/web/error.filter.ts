import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Injectable, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { SignedInRequest } from '../auth/session.js';
import { statusOf } from '../core/workos.js';
import { errorView } from './error.view.js';
import { FriendlyException, PageException } from './page.exception.js';
import { PageRenderer } from './page.renderer.js';

const WORDS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  400: ['This request cannot be understood', 'Go back and try again.'],
  401: ['You are not signed in', 'Your session has ended. Sign in and try again.'],
  403: ['This is not allowed', 'Go back, reload the page and try again.'],
  404: ['There is nothing here', 'Perhaps it has been deleted, or the address has a mistake in it.'],
  413: ['This is too large', 'Go back and make it shorter.'],
};

/** Every error is a page, and no page tells more than a person needs: the rest is in the log. */
@Catch()
@Injectable()
export class ErrorFilter implements ExceptionFilter {
  readonly #logger = new Logger('Blog');

  constructor(private readonly pages: PageRenderer) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, response] = [http.getRequest<Partial<SignedInRequest> & Request>(), http.getResponse<Response>()];
    const status = httpStatusOf(exception);
    // Whoever asked has left, which may well be why it failed.
    if (response.destroyed) return;
    if (status >= 500 && !(exception instanceof FriendlyException)) this.#report(request, exception);
    if (response.headersSent) {
      response.end();
    } else if (exception instanceof PageException) {
      response.status(status).send(exception.page);
    } else if (status === 401 && request.method === 'GET') {
      response.redirect(303, '/');
    } else {
      response.status(status).send(this.#page(exception, status, request));
    }
  }

  #page(exception: unknown, status: number, { user, csrfToken }: Partial<SignedInRequest>): string {
    const [title, text] =
      exception instanceof FriendlyException
        ? [exception.title, exception.text]
        : (WORDS[status] ?? ['Something went wrong', 'It is in our log. Please try again in a moment.']);
    return this.pages.render({
      title,
      main: errorView(title, text),
      // Whoever is signed in keeps the navigation.
      ...(user && csrfToken && { request: { user, csrfToken } }),
    });
  }

  #report(request: Request, exception: unknown): void {
    const error = exception instanceof Error ? exception : new Error(String(exception));
    this.#logger.error(`${request.method} ${request.path} failed: ${error.message}`, error.stack);
  }
}

/** The status of Nest's exceptions, and of body-parser's where they are the client's fault; everything else is a 500. */
function httpStatusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  const { expose } = (exception ?? {}) as { expose?: unknown };
  return expose === true ? (statusOf(exception) ?? 500) : 500;
}
