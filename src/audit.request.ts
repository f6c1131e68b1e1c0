import type { AuditEventContext } from './event/event.js';

/** What Express's and Fastify's requests have in common, as far as an audit event is concerned. */
export interface AuditRequest {
  /** What the guard found; see `principalOfUser`. */
  readonly user?: unknown;
  /** The client's address as the framework sees it, so that its own `trust proxy` setting decides. */
  readonly ip?: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
  readonly method?: string;
  readonly url?: string;
}

/** What a guard put on the request, unless even that cannot be read. */
export function userOf(request: AuditRequest | undefined): unknown {
  try {
    return request?.user;
  } catch {
    return undefined; // said where the actor is read
  }
}

/**
 * Where a request comes from. To be asked while the request lives: a closed socket has no address any more.
 * Where it has no address, its location is `fallback`. An IPv4 address in IPv6 form (`::ffff:192.0.2.1`, what a dual-stack server sees) is written as IPv4.
 */
export function contextOf(request: AuditRequest, fallback = 'unknown'): AuditEventContext {
  try {
    return describe(request, fallback);
  } catch {
    // A `trust proxy` function of the application runs in `request.ip`.
    return { location: fallback };
  }
}

function describe(request: AuditRequest, fallback: string): AuditEventContext {
  const agent = request.headers?.['user-agent'];
  const userAgent = Array.isArray(agent) ? agent[0] : agent;
  const location = request.ip?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '') || fallback;
  return userAgent ? { location, userAgent } : { location };
}
