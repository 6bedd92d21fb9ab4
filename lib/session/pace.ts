/**
 * Counts what each key does in spans of `within` milliseconds. Returns a function that tells whether a key may do it once more: at
 * most `most` times in a span. Keys are forgotten with their span.
 */
export function pace(most: number, within: number): (key: string, now: number) => boolean {
  const spans = new Map<string, { since: number; count: number }>();

  const isOver = (since: number, now: number): boolean => Math.abs(now - since) >= within;

  /** They are in the order of their beginnings. */
  function forgetOld(now: number): void {
    for (const [key, { since }] of spans) {
      if (!isOver(since, now)) return;
      spans.delete(key);
    }
  }

  return function mayDo(key, now) {
    forgetOld(now);
    const span = spans.get(key) ?? { since: now, count: 0 };
    if (span.count >= most && !isOver(span.since, now)) return false;
    span.count += 1;
    spans.set(key, span);
    return true;
  };
}
