import { z } from 'zod';
import { type TokenWish, tokenLifetimes } from '../../../pages/account/tokens.ts';
import type { NewApiToken } from '../../../services.ts';
import { field } from '../page.ts';

/** The form of a new token. Scopes are not left out when they cannot be read: a token without any has all of its owner's. */
export const tokenForm = z.object({
  name: field,
  role: field,
  scopes: z.union([z.string(), z.array(z.string()).max(100)]).optional(),
  days: z.enum(tokenLifetimes).optional(),
  until: field,
  current_password: field,
});
type TokenForm = z.output<typeof tokenForm>;

const day = 86_400_000;

/** What was filled in, to show it again. */
export const wishOf = ({ name = '', role = '', scopes = [], days = '', until = '' }: TokenForm): TokenWish => ({
  ...{ name, role, days, until },
  scopes: typeof scopes === 'string' ? [scopes] : scopes,
});

/** A day in UTC, as 2030-12-31. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The last millisecond of a day; undefined when there is no such day. */
function endOfDay(text: string): number | undefined {
  const end = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T23:59:59.999Z`) : Number.NaN;
  return !Number.isNaN(end) && dayOf(end) === text ? end : undefined;
}

/** When the token is to end, in milliseconds since the epoch; undefined for never, NaN for a day that is none. */
function expiryOf({ days, until }: TokenWish, now: number): number | undefined {
  if (until !== '') return endOfDay(until) ?? Number.NaN;
  return days === '' ? undefined : now + Number(days) * day;
}

/** What the service is asked for. */
export function newTokenOf(wish: TokenWish, now: number): NewApiToken {
  const { name, role, scopes } = wish;
  return {
    name,
    role: role || undefined,
    scopes: scopes.length > 0 ? scopes : undefined,
    expiresAt: expiryOf(wish, now),
  };
}
