/** Somebody in the organization's directory. */
export interface Person {
  /** The directory user's id. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** One page of the directory, newest first. */
export interface TeamPage {
  readonly people: readonly Person[];
  /** The ids of those who have been invited. */
  readonly invited: ReadonlySet<string>;
  readonly teams: readonly string[];
  /** Cursors, where there are such pages. */
  readonly before?: string;
  readonly after?: string;
  /** Directory Sync did not answer; these are the people as they were last seen. */
  readonly stale: boolean;
}
