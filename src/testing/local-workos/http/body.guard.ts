import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ApiError } from './api-error.js';
import type { BodyProblem, LocalRequest } from './local-request.js';
import { MAX_BODY_BYTES } from './read-body.js';

/** Refuses bodies that could not be read; after the API key was checked, as WorkOS does. */
@Injectable()
export class BodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { bodyProblem } = context.switchToHttp().getRequest<LocalRequest>();
    if (bodyProblem === undefined) return true;
    throw refusal(bodyProblem);
  }
}

function refusal(problem: BodyProblem): ApiError {
  if (problem === 'too large') {
    return new ApiError(413, { message: 'request entity too large' }, `a body above ${MAX_BODY_BYTES} bytes`);
  }
  const message = problem === 'not JSON' ? 'The request body is not valid JSON.' : 'The request body nests too deeply.';
  return new ApiError(400, { message, error: 'Bad Request' });
}
