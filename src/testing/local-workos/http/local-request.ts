import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RecordedRequest } from '../local-workos.types.js';

/** A request after the front door: its body read, its record written. */
export interface LocalRequest extends IncomingMessage {
  /** The parsed body; undefined if there was none or it was not JSON or a form. */
  body?: unknown;
  /** Why the body cannot be used; the body guard answers it, after the API key was checked. */
  bodyProblem?: BodyProblem;
  /** Its record; absent for LocalWorkOS's own pages. */
  record?: RecordedRequest;
}

export type BodyProblem = 'too large' | 'not JSON' | 'too deep';

/** The answer: node's own, whatever the framework in front of it. */
export type LocalResponse = ServerResponse;
