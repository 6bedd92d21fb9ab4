/** A value that is there, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Calls `next` with the value: at once when it is there, else when it has arrived. The signed-in path has every value at
 * hand, and a promise would send each request through the microtask queue once more.
 */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** As `andThen`, for code that calls back: `failed` gets the rejection of the promise, and nothing that `next` throws. */
export function settle<T>(value: MaybePromise<T>, next: (value: T) => void, failed: (error: unknown) => void): void {
  if (value instanceof Promise) value.then(next, failed);
  else next(value);
}
