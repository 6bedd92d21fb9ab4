/** A value, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Calls `next` with the value: synchronously for a plain value, else when the promise is fulfilled. A signed-in request
 * has every value in a cache, and a promise would send it through the microtask queue once more.
 */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** As `andThen`, for code with callbacks: `failed` receives the rejection of the promise, but not what `next` throws. */
export function settle<T>(value: MaybePromise<T>, next: (value: T) => void, failed: (error: unknown) => void): void {
  if (value instanceof Promise) value.then(next, failed);
  else next(value);
}
