import type { LocalRequest, LocalResponse } from '../http/local-request.js';

/** Handles the request as usual, but cuts the connection at the moment when the answer would be sent. */
export function cutInsteadOfAnswer(request: LocalRequest, response: LocalResponse): void {
  onEnd(response, () => request.socket.resetAndDestroy());
}

/** Sends the head when the answer is ready, and the body later. */
export function delayBody(response: LocalResponse, ms: number): void {
  onEnd(response, (end) => {
    response.flushHeaders();
    setTimeout(end, ms).unref();
  });
}

/** Puts something between the handler's `response.end(…)` and the real one. */
function onEnd(response: LocalResponse, instead: (end: () => void) => void): void {
  const end = response.end.bind(response) as (...args: unknown[]) => LocalResponse;
  const replaced = (...args: unknown[]): LocalResponse => {
    response.end = end;
    instead(() => end(...args));
    return response;
  };
  response.end = replaced;
}
