import { messageOf } from '../../event/text.js';

/** SQLSTATEs of a server that goes or comes (class 08 beside them), and what Node says of a connection. */
const CONNECTION_CODES = ['57P01', '57P02', '57P03', '53300', 'EPIPE', 'EAI_AGAIN', 'ENOTFOUND', 'EHOSTUNREACH'];
const CONNECTION_WORDS =
  /connection (terminated|ended|error)|timeout exceeded when trying to connect|client has encountered|not queryable|client was closed/i;

/** What Postgres or Node said: Drizzle wraps it in an error that tells the statement. */
function rootOf(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < 5; depth++) {
    const { cause } = (root ?? {}) as { cause?: unknown };
    if (!(cause instanceof Error)) break;
    root = cause;
  }
  return root;
}

/** Of an error or, where Node tried several addresses, of the first of its errors. */
function codeOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: readonly unknown[] };
  if (typeof code === 'string') return code;
  return errors?.[0] === undefined ? '' : codeOf(errors[0]);
}

/** Postgres could not be reached, or the connection broke: the same may succeed a moment later. */
export function isConnectionError(error: unknown): boolean {
  const root = rootOf(error);
  const code = codeOf(root);
  return (
    /^(08|ECONN|ETIMEDOUT)/.test(code) || CONNECTION_CODES.includes(code) || CONNECTION_WORDS.test(messageOf(root))
  );
}

/** One value of several is refused: SQLSTATE classes 22 (data) and 23 (constraints). */
export function isDataError(error: unknown): boolean {
  return /^2[23]/.test(codeOf(rootOf(error)));
}

/** What happened and, where that is known, what to do about it. */
export function explain(error: unknown): string {
  const root = rootOf(error);
  const code = codeOf(root);
  const message = messageOf(root) || code;
  if (code === '28P01' || code === '28000') return `${message}. The role or its password is wrong.`;
  if (code === '3D000') return `${message}. Create the database; the outbox makes no database.`;
  if (code === '42501') {
    return `${message}. The role lacks a permission: without \`migrate\` it needs USAGE on the schema, and SELECT, INSERT, UPDATE and DELETE on its tables.`;
  }
  if (/pg-boss is not installed|requires? migrat|version/i.test(message) && /pg-?boss|schema/i.test(message)) {
    return `${message}. Let a role that may change the schema run \`npx pg-boss migrate\`, or give it \`migrate: true\` once.`;
  }
  return message;
}
