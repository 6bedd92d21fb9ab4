export interface Page<T> {
  readonly items: readonly T[];
  /** Give it back as `after` to read on; absent on the last page. */
  readonly next?: string | undefined;
}
