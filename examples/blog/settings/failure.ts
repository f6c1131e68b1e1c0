import { Logger } from '@nestjs/common';
import { AuditWorkOSError } from 'nestjs-workos-audit';
import { messageOf } from '../core/workos.js';
import { FriendlyException } from '../web/page.exception.js';

const logger = new Logger('Settings');

/**
 * For `.catch()` of what is asked of WorkOS: what it means goes to the log, with what to do about it, and to the page what a
 * person can do.
 * @throws FriendlyException
 */
export function unavailable(error: unknown): never {
  report(error);
  throw new FriendlyException(
    503,
    'This is not possible right now',
    'WorkOS does not do it. Please try again in a minute.',
  );
}

export function report(error: unknown): void {
  logger.error(error instanceof AuditWorkOSError ? `${error.code}: ${error.message}` : messageOf(error));
}
