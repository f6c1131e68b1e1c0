import { STATUS_CODES } from 'node:http';
import type { Json } from '../json.js';

/**
 * An answer that refuses a request, exactly as WorkOS words it.
 *
 * @example throw new ApiError(404, { message: "Organization not found: 'org_1'." });
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  /**
   * @param status the HTTP status
   * @param body the JSON of the answer
   * @param reason why, in words for the live page and `workos.refused` that are not sent
   */
  constructor(
    readonly status: number,
    readonly body: Json,
    readonly reason?: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${status} ${JSON.stringify(body)}`);
  }
}

/** 404 as WorkOS says it: `<Thing> not found: '<id>'.` [WorkOS OpenAPI, example of every 404] */
export function notFound(thing: string, id: string): ApiError {
  return new ApiError(404, { message: `${thing} not found: '${id}'.` });
}

/** 422 with a message alone, the shape that the OpenAPI document gives everything but events. */
export function unprocessable(message: string): ApiError {
  return new ApiError(422, { message });
}

/** The body of an error that nobody worded: what a fault answers when it names only a status. */
export function defaultErrorBody(status: number): Json {
  if (status === 429) return { message: 'Too many requests.', code: 'rate_limit_exceeded' };
  return { message: STATUS_CODES[status] ?? 'Error' };
}
