import { Observable, concatMap, defer, finalize, of, tap, type Subscription } from 'rxjs';

/** Told the handler's result once, when it has succeeded; what it does is awaited, and it never rejects. */
export type OnSuccess = (result: unknown) => Promise<void>;

/**
 * Settles when the handler has completed, before the response can know: Nest answers on completion, with the last value.
 *
 * When the response is given up before that (a `timeout` interceptor outside of this one), the handler still runs, and
 * what it does still happens. So it is listened to until it is done, unless it has already emitted, which only a stream
 * that can be cancelled does.
 */
export function afterLast(source: Observable<unknown>, settle: OnSuccess): Observable<unknown> {
  return new Observable((subscriber) => {
    let result: unknown;
    let emitted = false;
    const subscription: Subscription = source.subscribe({
      next: (value) => {
        result = value;
        emitted = true;
        subscriber.next(value);
      },
      error: (error) => subscriber.error(error),
      complete: () => void settle(result).then(() => subscriber.complete()),
    });
    return () => {
      if (emitted) subscription.unsubscribe();
    };
  });
}

/**
 * Settles before the first message of a stream leaves. One that ends, or that the client leaves, before its first message
 * has succeeded as well.
 */
export function afterFirst(source: Observable<unknown>, settle: OnSuccess): Observable<unknown> {
  return defer(() => {
    let settled: Promise<void> | undefined;
    let failed = false;
    const once = (): Promise<void> => (settled ??= settle(undefined));
    return source.pipe(
      tap({ error: () => (failed = true) }),
      concatMap((value, index) => (index === 0 ? once().then(() => value) : of(value))),
      finalize(() => {
        if (!failed) void once();
      }),
    );
  });
}
