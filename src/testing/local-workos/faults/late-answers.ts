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

/** Sends the head and so many bytes of the body, then cuts the connection. */
export function cutBody(response: LocalResponse, bytes: number): void {
  onEnd(response, (_end, body) => {
    const part = Buffer.from(typeof body === 'string' || Buffer.isBuffer(body) ? body : '').subarray(0, bytes);
    response.flushHeaders();
    // Half-closed after what was written, so that the client still gets it.
    response.write(part, () => response.socket?.destroySoon());
  });
}

/** Puts something between the handler's `response.end(…)` and the real one. */
function onEnd(response: LocalResponse, instead: (end: () => void, body: unknown) => void): void {
  const end = response.end.bind(response) as (...args: unknown[]) => LocalResponse;
  const replaced = (...args: unknown[]): LocalResponse => {
    response.end = end;
    instead(() => end(...args), args[0]);
    return response;
  };
  response.end = replaced;
}
