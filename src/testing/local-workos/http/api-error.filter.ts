import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { LocalWorkOSConfig } from '../local-workos.options.js';
import { answerJson } from './answer.js';
import { ApiError } from './api-error.js';
import type { LocalRequest, LocalResponse } from './local-request.js';
import { Traffic } from './traffic.js';

/** Turns whatever was thrown into a JSON answer, and writes down what was refused. */
@Catch()
export class ApiErrorFilter implements ExceptionFilter {
  constructor(
    private readonly traffic: Traffic,
    private readonly config: LocalWorkOSConfig,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<LocalRequest>();
    const error = this.toApiError(thrown, request);
    this.traffic.refuse(request.record, error.status, error.body, error.reason);
    answerJson(host.switchToHttp().getResponse<LocalResponse>(), error.status, error.body, error.headers);
  }

  private toApiError(thrown: unknown, request: LocalRequest): ApiError {
    if (thrown instanceof ApiError) return thrown;
    const status = thrown instanceof HttpException ? thrown.getStatus() : 500;
    const { message: said } = thrown as Error;
    if (status === 404) {
      const message = `Cannot ${request.method} ${request.url}`;
      return new ApiError(404, { message, error: 'Not Found' }, `LocalWorkOS has no ${request.method} ${request.url}`);
    }
    if (status < 500) return new ApiError(status, { message: said, error: 'Bad Request' });
    this.config.logger?.error(thrown, undefined, 'LocalWorkOS');
    return new ApiError(500, { message: 'Internal Server Error' }, `a fault of LocalWorkOS itself: ${String(thrown)}`);
  }
}
