import { z } from 'zod';
import { type TokenWish, tokenLifetimes } from '../../../pages/account/tokens.ts';
import type { NewApiToken } from '../../../services.ts';
import { expiryOf } from '../expiry.ts';
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

/** What was filled in, to show it again. */
export const wishOf = ({ name = '', role = '', scopes = [], days = '', until = '' }: TokenForm): TokenWish => ({
  ...{ name, role, days, until },
  scopes: typeof scopes === 'string' ? [scopes] : scopes,
});

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
