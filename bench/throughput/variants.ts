export const platforms = ['express', 'fastify'] as const;
export type Platform = (typeof platforms)[number];

export const platformNames: Record<Platform, string> = { express: 'Express', fastify: 'Fastify' };

/** A way to serve one POST. */
export interface Variant {
  readonly label: string;
  /** Where the handler is. */
  readonly path: '/plain' | '/intercepted' | '/audited' | '/written-ahead' | '/tutorial';
  /** Where the events wait; without it the application does not import the module. */
  readonly outbox?: 'memory' | 'SQLite';
  /** Something else that every request goes through. */
  readonly mounted?: Mounted;
}

/** A middleware that does nothing, or one that opens the scope of an AsyncLocalStorage, which holds nothing. */
export type Mounted = 'middleware' | 'storage';

/** What the handler does: answer, or about a millisecond of work before. */
export const handlers = ['bare', 'working'] as const;
export type HandlerKind = (typeof handlers)[number];

export const handlerNames: Record<HandlerKind, string> = {
  bare: 'a handler that does nothing',
  working: 'a handler that does about 1 ms of work',
};

/** What auditing costs. */
export const auditedVariants: readonly Variant[] = [
  { label: 'unaudited, without the module', path: '/plain' },
  { label: 'the same once more', path: '/plain' },
  { label: 'unaudited, an interceptor that does nothing', path: '/intercepted' },
  { label: 'audited, memory', path: '/audited', outbox: 'memory' },
  { label: 'audited, SQLite', path: '/audited', outbox: 'SQLite' },
  { label: 'audited, SQLite, write-ahead', path: '/written-ahead', outbox: 'SQLite' },
  { label: 'awaited `createEvent`, WorkOS 50 ms away', path: '/tutorial' },
];

/** What the module costs a route that is not audited, and what it must cost at the least. */
export const unauditedVariants: readonly Variant[] = [
  { label: 'without the module', path: '/plain' },
  { label: 'the same once more', path: '/plain' },
  { label: 'the module imported', path: '/plain', outbox: 'memory' },
  { label: 'instead: a middleware that does nothing', path: '/plain', mounted: 'middleware' },
  { label: 'instead: one that opens an empty `AsyncLocalStorage`', path: '/plain', mounted: 'storage' },
  { label: 'instead: an interceptor that does nothing', path: '/intercepted' },
];
