import type { NextFunction, Request, Response } from 'express';

const POLICY = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

/** What every page may do: show itself with the blog's style sheet and send forms to the blog. No scripts, no frames. */
const CONTENT_SECURITY_POLICY = `${POLICY}; form-action 'self'`;

/**
 * For the pages whose forms lead away: browsers apply `form-action` to the redirects that follow as well, and these go to
 * WorkOS and on to the identity provider of any customer, or to the Admin Portal, whose domain may be one's own.
 */
export const LEADING_AWAY_POLICY = POLICY;

/** Express middleware that sets the headers of every response. */
export function securityHeaders(baseUrl: URL) {
  return (_request: Request, response: Response, next: NextFunction): void => {
    response.set({
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cache-Control': 'no-store',
    });
    if (baseUrl.protocol === 'https:') response.set('Strict-Transport-Security', 'max-age=31536000');
    next();
  };
}
