import { Observable, catchError, concatMap, defer, finalize, of } from 'rxjs';

/** Told once what became of the handler; what it does is awaited. */
export interface Settlement {
  /** Rejects only when the handler must count as failed after all, so that a transaction around it is rolled back. */
  succeeded(result: unknown): Promise<void>;
  failed(error: unknown): Promise<void>;
}

/**
 * Settles when the handler has completed, before anything outside can know: Nest answers on completion, with the last
 * value. What a handler emits in one go with its completion (every handler that returns a value or a promise does) is held
 * back until then; what a stream emits before passes through.
 *
 * When the response is given up earlier, by a `timeout` interceptor outside of this one, a handler that has emitted nothing
 * still runs, and what it does still happens: it is listened to until it is done. One that has emitted is a stream that
 * can be cancelled: it is, and has succeeded as far as it went.
 */
export function afterLast(source: Observable<unknown>, settlement: Settlement): Observable<unknown> {
  return new Observable((subscriber) => {
    const held: unknown[] = [];
    let result: unknown;
    let streams = false;
    let done = false;
    const pass = (): void => {
      for (const value of held.splice(0)) subscriber.next(value);
    };
    const subscription = source.subscribe({
      next: (value) => {
        result = value;
        held.push(value);
        // By the next microtask a handler that emits once has completed as well.
        queueMicrotask(() => {
          if (done) return;
          streams = true;
          pass();
        });
      },
      error: (error) => {
        done = true;
        void settlement.failed(error).then(() => {
          pass();
          subscriber.error(error);
        });
      },
      complete: () => {
        done = true;
        settlement.succeeded(result).then(
          () => {
            pass();
            subscriber.complete();
          },
          (error: unknown) => subscriber.error(error),
        );
      },
    });
    return () => {
      if (done || !streams) return;
      done = true;
      subscription.unsubscribe();
      settlement.succeeded(result).catch(() => {}); // nobody is there to be told
    };
  });
}

/**
 * Settles before the first message of a stream leaves. One that ends, or that the client leaves, before its first message
 * has succeeded as well.
 */
export function afterFirst(source: Observable<unknown>, settlement: Settlement): Observable<unknown> {
  return defer(() => {
    let settled: Promise<void> | undefined;
    let failed = false;
    const once = (): Promise<void> => (settled ??= settlement.succeeded(undefined));
    return source.pipe(
      catchError(async (error: unknown) => {
        failed = true;
        if (!settled) await settlement.failed(error);
        throw error;
      }),
      concatMap((value, index) => (index === 0 ? once().then(() => value) : of(value))),
      finalize(() => {
        if (!failed) once().catch(() => {}); // the stream is over
      }),
    );
  });
}
