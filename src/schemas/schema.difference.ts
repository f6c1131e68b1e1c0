import type { MetadataShape, SchemaShape } from '../catalogue/schema.digest.js';

/** How two schemas with the same target types differ, in words: what the catalogue says, and what WorkOS has. */
export function differences(wanted: SchemaShape, remote: SchemaShape): string[] {
  const target = (shape: SchemaShape, type: string): MetadataShape | undefined =>
    shape.targets.find((one) => one.type === type)?.metadata;
  return [
    ...metadataDifferences('metadata', wanted.metadata, remote.metadata),
    ...metadataDifferences('actor.metadata', wanted.actor?.metadata, remote.actor?.metadata),
    ...wanted.targets.flatMap(({ type, metadata }) =>
      metadataDifferences(`metadata of '${type}'`, metadata, target(remote, type)),
    ),
  ];
}

function metadataDifferences(place: string, wanted: MetadataShape = {}, remote: MetadataShape = {}): string[] {
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(remote)])];
  return keys
    .filter((key) => wanted[key] !== remote[key])
    .map(
      (key) => `${place} '${key}' is ${wanted[key] ?? 'absent'} in the catalogue, ${remote[key] ?? 'absent'} at WorkOS`,
    );
}
