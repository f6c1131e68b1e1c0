import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Runs something outside of every request, as it was when this file was loaded: with the store of no AsyncLocalStorage and
 * below no span. What lives longer than a request, such as the dispatcher, would keep its store alive otherwise, and in a
 * serverless function even the loop may be started in one.
 */
export const outside: <T>(call: () => T) => T = AsyncLocalStorage.snapshot();
