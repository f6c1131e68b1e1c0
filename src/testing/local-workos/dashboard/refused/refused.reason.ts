import { isJsonObject, own } from '../../json.js';
import type { RefusedRequest } from '../../local-workos.types.js';

/** A refusal in words. */
export interface RefusedReason {
  /** What WorkOS answered. */
  readonly message: string;
  /** The fields it named, with their codes: `event.targets: required`. */
  readonly fields: readonly string[];
  /** The action, where the request was one event. */
  readonly action: string | undefined;
}

/** Reads message and fields out of an answer, in whichever of WorkOS's forms it is. */
export function reasonOf({ answer, body }: RefusedRequest): RefusedReason {
  const said = isJsonObject(answer) ? answer : {};
  const message = own(said, 'message') ?? own(said, 'error_description') ?? own(said, 'error') ?? answer;
  const errors = own(said, 'errors');
  return {
    message: typeof message === 'string' ? message : (JSON.stringify(message) ?? 'no answer'),
    fields: Array.isArray(errors) ? errors.flatMap(fieldOf) : [],
    action: actionOf(body),
  };
}

/** The action of an event's body, if it is one. */
export function actionOf(body: unknown): string | undefined {
  const event = isJsonObject(body) ? own(body, 'event') : undefined;
  const action = isJsonObject(event) ? own(event, 'action') : undefined;
  return typeof action === 'string' ? action : undefined;
}

function fieldOf(error: unknown): string[] {
  if (typeof error === 'string') return [error];
  if (!isJsonObject(error)) return [];
  const field = own(error, 'field') ?? own(error, 'instancePath');
  const code = own(error, 'code');
  if (typeof field !== 'string') return typeof code === 'string' ? [code] : [];
  return [typeof code === 'string' ? `${field}: ${code}` : field || '/'];
}
