import { AuditExports } from '../../exports/audit-exports.js';
import { messageOf } from '../../event/text.js';
import { WorkOSApi } from '../../workos/workos.api.js';
import { CliError } from '../cli.error.js';
import { EXIT_OK } from '../exit-codes.js';
import { interruptible } from '../interrupt.js';
import type { Output } from '../output.js';
import { sizeOf, spanOf } from '../units.js';
import { visible } from '../visible.js';
import { type ExportOptions, exportOptions } from './export.options.js';
import { checkWritable, writeWhole } from './whole-file.js';

/** `workos-audit export`: an organization's trail as a CSV file, whole or not at all. @returns the exit code */
export async function exportTrail(args: readonly string[], output: Output): Promise<number> {
  const options = exportOptions(args, process.env);
  checkWritable(options.out, options.force);
  const exports = new AuditExports(new WorkOSApi(options.connection, options.timeoutMs));
  let id: string | undefined;
  return interruptible(output, async (signal) => {
    try {
      id = await idOf(exports, options, signal);
      output.error(`${id}: waiting until WorkOS has made it`);
      await exports.wait(id, {
        signal,
        timeoutMs: options.waitMs,
        onProgress: ({ waitedMs, error }) => {
          if (error !== undefined) output.error(`asking again: ${visible(error)}`);
          output.counter(`waiting for ${spanOf(waitedMs)}`);
        },
      });
      const bytes = await writeWhole(await exports.stream(id, { signal }), options.out, {
        force: options.force,
        onBytes: (number) => output.counter(`${sizeOf(number)} downloaded`),
      });
      report(id, bytes, options, output);
      return EXIT_OK;
    } catch (error) {
      if (id !== undefined && mayGoOn(error, signal)) output.error(goOn(id, options));
      throw error;
    }
  });
}

async function idOf(exports: AuditExports, { wanted }: ExportOptions, signal: AbortSignal): Promise<string> {
  if (typeof wanted === 'string') return wanted;
  try {
    return (await exports.create(wanted, { signal })).id;
  } catch (error) {
    if ((error as Error).name !== 'AuditUsageError') throw error;
    throw new CliError(messageOf(error).replaceAll(/`(from|to)`/g, '--$1'));
  }
}

function report(id: string, bytes: number, { wanted, out, json }: ExportOptions, output: Output): void {
  const { organizationId, from, to } = typeof wanted === 'string' ? {} : wanted;
  if (json) output.json({ file: out, bytes, export: id, organization: organizationId, from, to });
  else
    output.line(
      `${out} written: ${sizeOf(bytes)}${from && to ? `, ${from.toISOString()} to ${to.toISOString()}` : ''}.`,
    );
}

/** Whether the export is still to be had at WorkOS. */
function mayGoOn(error: unknown, signal: AbortSignal): boolean {
  const { name, code } = error as { name?: unknown; code?: unknown };
  if (signal.aborted || name === 'CliError') return true;
  return (
    name === 'AuditWorkOSError' &&
    ['export_timeout', 'export_broken', 'unavailable', 'throttled'].includes(String(code))
  );
}

function goOn(id: string, { out }: ExportOptions): string {
  return `WorkOS goes on with the export. To download it: npx workos-audit export --id ${id} --out ${out}`;
}
