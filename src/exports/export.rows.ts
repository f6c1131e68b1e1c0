import type { Readable } from 'node:stream';
import { messageOf } from '../event/text.js';
import { AuditWorkOSError } from '../workos/api.error.js';
import { CsvError, type CsvRecord, csvRecords } from './csv.reader.js';

/** Metadata as WorkOS exports it. */
export type AuditExportMetadata = Readonly<Record<string, unknown>>;

/** An actor or a target of an exported event. */
export interface AuditExportEntity {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly metadata: AuditExportMetadata;
}

/** One event of an export. */
export interface AuditExportRow {
  readonly action: string;
  readonly occurredAt: Date;
  readonly actor: AuditExportEntity;
  readonly targets: readonly AuditExportEntity[];
  readonly context: { readonly location: string; readonly userAgent?: string };
  readonly metadata: AuditExportMetadata;
  /** Every cell under the name of its column, also those that are not read here. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Without these it is no export of events. [columns: github.com/jonatascastro12/workos-audit-harness, audit-query.mjs] */
const REQUIRED = ['action', 'occurred_at', 'actor_id', 'actor_type'] as const;

/** Reads the rows of a CSV that is opened when the first one is asked for. @throws AuditWorkOSError `export_broken` */
export async function* readRows(open: () => Promise<Readable>): AsyncGenerator<AuditExportRow, void> {
  const csv = await open();
  csv.setEncoding('utf8');
  let columns: readonly string[] | undefined;
  try {
    for await (const record of csvRecords(csv as AsyncIterable<string>)) {
      if (columns === undefined) columns = checkedColumns(record.cells);
      else yield rowOf(columns, record);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new AuditWorkOSError(
      'export_broken',
      `The CSV cannot be read: ${messageOf(error)}. stream(id) gives the file as it is.`,
      { cause: error },
    );
  } finally {
    csv.destroy();
  }
}

function checkedColumns(columns: readonly string[]): readonly string[] {
  const missing = REQUIRED.filter((name) => !columns.includes(name));
  if (missing.length === 0) return columns;
  throw new CsvError(`it has no column ${missing.join(', ')}; its columns are ${columns.join(', ').slice(0, 300)}`);
}

function rowOf(names: readonly string[], { line, cells }: CsvRecord): AuditExportRow {
  if (cells.length !== names.length) {
    throw new CsvError(`line ${line} has ${cells.length} cells, the first line has ${names.length}`);
  }
  const columns = Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  const cell = (name: string): string => (Object.hasOwn(columns, name) ? (columns[name] ?? '') : '');
  const metadata = (name: string): AuditExportMetadata => metadataIn(cell(name), name, line);
  const entity = (prefix: string, suffix = ''): AuditExportEntity => ({
    id: cell(`${prefix}_id${suffix}`),
    type: cell(`${prefix}_type${suffix}`),
    ...named('name', cell(`${prefix}_name${suffix}`)),
    metadata: metadata(`${prefix}_metadata${suffix}`),
  });
  const occurredAt = new Date(cell('occurred_at'));
  if (Number.isNaN(occurredAt.getTime())) throw new CsvError(`line ${line} has no date in occurred_at`);
  return {
    action: cell('action'),
    occurredAt,
    actor: entity('actor'),
    targets: names
      .flatMap((name) => /^target_id(_\d+)$/.exec(name)?.[1] ?? [])
      .map((suffix) => entity('target', suffix))
      .filter(({ id, type }) => id !== '' || type !== ''),
    context: { location: cell('context_location'), ...named('userAgent', cell('context_user_agent')) },
    metadata: metadata('metadata'),
    columns,
  };
}

function named<Name extends string>(name: Name, value: string): { readonly [key in Name]?: string } {
  return (value === '' ? {} : { [name]: value }) as { readonly [key in Name]?: string };
}

function metadataIn(text: string, column: string, line: number): AuditExportMetadata {
  if (text === '') return {};
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as AuditExportMetadata;
  } catch {
    // told below
  }
  if (text === 'null') return {};
  throw new CsvError(`line ${line} has no JSON object in ${column}`);
}
