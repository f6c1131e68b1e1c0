/** Does something for each item, at most `limit` at once. After an error nothing new begins; it is thrown at the end. */
export async function forEachLimited<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = [...items].toReversed();
  const errors: unknown[] = [];
  const worker = async (): Promise<void> => {
    while (queue.length > 0 && errors.length === 0) {
      await work(queue.pop() as T).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (errors.length > 0) throw errors[0];
}
