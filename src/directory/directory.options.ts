/** How {@link DirectoryGroupsService} looks up groups. */
export interface AuditDirectoryOptions {
  /** How long groups are believed, in milliseconds, before they are looked up again. @default 300_000 (5 minutes) */
  readonly ttlMs?: number;
  /** How long whoever asks waits for an answer, in milliseconds; a lookup goes on behind it. @default 2_000 */
  readonly timeoutMs?: number;
  /** How long a lookup that failed is not tried again, in milliseconds. @default 10_000 */
  readonly failureTtlMs?: number;
  /** How many people are remembered; those who were not asked for the longest are forgotten. @default 10_000 */
  readonly maxEntries?: number;
  /** Requests a second to the users of one directory, of this process. WorkOS allows 4. @default 4 */
  readonly requestsPerSecond?: number;
}

export const DIRECTORY_DEFAULTS = {
  ttlMs: 300_000,
  timeoutMs: 2_000,
  failureTtlMs: 10_000,
  maxEntries: 10_000,
  requestsPerSecond: 4,
} satisfies AuditDirectoryOptions;
