export const platforms = ['express', 'fastify'] as const;
export type Platform = (typeof platforms)[number];

/** The ways to serve one POST. */
export interface Variant {
  readonly label: string;
  /** Where the handler is. */
  readonly path: '/plain' | '/intercepted' | '/audited' | '/written-ahead' | '/tutorial';
  /** Where the events wait; without it the application does not import the module. */
  readonly outbox?: 'memory' | 'SQLite';
}

export const variants: readonly Variant[] = [
  { label: 'unaudited, without the module', path: '/plain' },
  { label: 'unaudited, the module imported', path: '/plain', outbox: 'memory' },
  { label: 'unaudited, an interceptor that does nothing', path: '/intercepted' },
  { label: 'audited, memory', path: '/audited', outbox: 'memory' },
  { label: 'audited, SQLite', path: '/audited', outbox: 'SQLite' },
  { label: 'audited, SQLite, write-ahead', path: '/written-ahead', outbox: 'SQLite' },
  { label: 'awaited `createEvent`, WorkOS 50 ms away', path: '/tutorial' },
];
