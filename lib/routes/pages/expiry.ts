const day = 86_400_000;

/** A day in UTC, as 2030-12-31. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The last millisecond of a day in UTC; NaN when there is no such day. */
function endOfDay(text: string): number {
  const end = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T23:59:59.999Z`) : Number.NaN;
  return !Number.isNaN(end) && dayOf(end) === text ? end : Number.NaN;
}

/**
 * When what a form makes is to end, in milliseconds since the epoch: at the end of the day `until`, else after as many days as `days`
 * says; undefined for never, NaN for what is no day.
 */
export function expiryOf({ days, until }: Readonly<{ days: string; until: string }>, now: number): number | undefined {
  if (until !== '') return endOfDay(until);
  return days === '' ? undefined : now + Number(days) * day;
}
