export interface Page<T> {
  readonly items: readonly T[];
  /** Pass it as `after` to read on; absent on the last page. */
  readonly next?: string | undefined;
}

/** The most items that a page holds. */
export const longestPage = 200;

/** How many items a page holds: 50 by default, 1 to 200 whatever is asked for. */
export function pageSize(limit: number | undefined): number {
  if (limit === undefined || Number.isNaN(limit)) return 50;
  return Math.min(longestPage, Math.max(1, Math.trunc(limit)));
}
