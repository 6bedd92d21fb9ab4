const clocks = new Map<string, Intl.DateTimeFormat>();
const mostClocks = 700;

/** The clock of a time zone by its IANA name; undefined for a name that there is not. */
function clockOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const clock = madeClock(zone);
  // There are some 600 names, and each may be spelled in many ways.
  if (clock !== undefined && clocks.size < mostClocks) clocks.set(zone, clock);
  return clock;
}

function madeClock(zone: string): Intl.DateTimeFormat | undefined {
  try {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
    return new Intl.DateTimeFormat('sv-SE', { ...parts, second: '2-digit', timeZone: zone, calendar: 'iso8601' });
  } catch {
    return undefined;
  }
}

/** How far a zone is ahead of UTC at a time, in milliseconds. */
function aheadAt(clock: Intl.DateTimeFormat, at: number): number {
  const whole = Math.floor(at / 1000) * 1000;
  return Date.parse(`${clock.format(whole).replace(' ', 'T')}Z`) - whole;
}

const written = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?$/;

/**
 * Reads what a field of the type `datetime-local` sends, as a time in a zone, to milliseconds since the epoch; NaN for what is no time,
 * and for an unknown zone. Where clocks were put back the earlier of the two times is meant.
 */
export function timeIn(zone: string, text: string): number {
  const utc = written.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  const clock = clockOf(zone.slice(0, 64));
  if (Number.isNaN(utc) || clock === undefined) return Number.NaN;
  const day = 86_400_000;
  // The offset changes at most once within these two days.
  const [before, after] = [aheadAt(clock, utc - day), aheadAt(clock, utc + day)];
  return aheadAt(clock, utc - before) === before ? utc - before : utc - after;
}
