import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const dateForm = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** A time span such as `90m`, `12h` or `7d`, in milliseconds; `undefined` when the text is none. */
function span(given: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(given) ?? [];
  const length = units[unit];
  return count === undefined || length === undefined ? undefined : Number(count) * length;
}

function date(given: string): number | undefined {
  const at = dateForm.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** A function that reads a date (`2026-01-31`, in UTC), a time (RFC 3339) or a time span, which `direction` adds to now. */
const reader =
  (direction: 1 | -1, form: string) =>
  (given: string): number => {
    const length = span(given);
    const at = length === undefined ? date(given) : Date.now() + direction * length;
    if (at === undefined) throw new InvalidArgumentError(form);
    return at;
  };

/** Reads a time for an option: a date, a time, or how long ago. Milliseconds since the epoch. */
export const pastMoment = reader(
  -1,
  'It must be a date, a time such as 2026-01-31T09:30Z, or how long ago, such as 2h or 7d.',
);

/** Reads a time for an option: a date, a time, or how long from now. Milliseconds since the epoch. */
export const futureMoment = reader(
  1,
  'It must be a date, a time such as 2026-01-31T09:30Z, or a time from now, such as 2h or 7d.',
);
