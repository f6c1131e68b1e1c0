import { createHash } from 'node:crypto';

/** Metadata keys and the type of each; at WorkOS a type may be something that no catalogue can say. */
export type MetadataShape = Readonly<Record<string, string>>;

/** What tells two schemas of an action apart, wherever they come from: a catalogue or WorkOS. */
export interface SchemaShape {
  readonly targets: readonly { readonly type: string; readonly metadata?: MetadataShape }[];
  readonly metadata?: MetadataShape;
  readonly actor?: { readonly metadata: MetadataShape };
}

/** A short name of a schema's content. Neither order nor empty metadata counts: WorkOS gives back either form. */
export function schemaDigest({ targets, metadata, actor }: SchemaShape): string {
  const ofTargets = targets.map((target) => [target.type, pairs(target.metadata)] as const);
  return digestOf([ofTargets.toSorted(([a], [b]) => compareText(a, b)), pairs(metadata), pairs(actor?.metadata)]);
}

/** Whether two lists name the same set of target types. */
export function sameTypes(some: Iterable<string>, others: Iterable<string>): boolean {
  const set = new Set(some);
  const otherSet = new Set(others);
  return set.size === otherSet.size && [...otherSet].every((type) => set.has(type));
}

/** Order by code unit: the same on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function pairs(metadata: MetadataShape = {}): [string, string][] {
  return Object.entries(metadata).toSorted(([a], [b]) => compareText(a, b));
}

/** A short name of anything that JSON can say. */
export function digestOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}
