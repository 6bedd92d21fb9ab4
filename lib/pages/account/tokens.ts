import { type Frame, inFrame } from '../frame.ts';
import type { RefusalText } from '../refusal-text.ts';
import { atAccount } from './navigation.ts';

/** An API token of the user; times in milliseconds since the epoch. */
export type ShownToken = Readonly<{
  name: string;
  /** Absent: as its owner. */
  role?: string | undefined;
  /** Absent: all of its owner's. */
  scopes?: readonly string[] | undefined;
  createdAt: number;
  lastUsedAt?: number | undefined;
  expiresAt?: number | undefined;
}>;

/** Beyond this number of tokens the page has a field to look for one. */
const manyTokens = 20;

/** Lists the API tokens whose name holds `sought`. */
export function tokensPage(
  frame: Frame,
  shown: Readonly<{
    tokens: readonly ShownToken[];
    sought: string;
    mayChange: boolean;
    now: number;
    notice?: string | undefined;
  }>,
): string {
  const { tokens, sought } = shown;
  const wanted = sought.toLowerCase();
  return inFrame('@account-tokens', frame, {
    ...shown,
    ...atAccount(frame, 'tokens'),
    hasFilter: tokens.length > manyTokens || sought !== '',
    tokens: tokens.filter(({ name }) => name.toLowerCase().includes(wanted)),
  });
}

/** What somebody has filled in for a new token. */
export type TokenWish = Readonly<{
  name: string;
  role: string;
  scopes: readonly string[];
  /** One of `tokenLifetimes`. */
  days: string;
  /** A day, as 2030-12-31, or ''. It comes before `days`. */
  until: string;
}>;

/** For how many days a token may be made; '' for ever. */
export const tokenLifetimes = ['7', '30', '90', '365', ''] as const;

/** The form before anything is filled in. */
export const freshTokenWish: TokenWish = Object.freeze({ name: '', role: '', scopes: [], days: '90', until: '' });

/** What the form for a new token shows. `roles` and `scopes`: those that it may be given; `today`: the first day that `until` may name. */
type TokenForm = Readonly<{
  wish: TokenWish;
  roles: readonly string[];
  scopes: readonly string[];
  asksPassword: boolean;
  today: string;
}> &
  Partial<RefusalText>;

const fields = ['name', 'role', 'scopes', 'expires_at'] as const;

/** The form for a new token. The focus is on the first field with a problem; on the first one where nothing is wrong. */
export function tokenFormPage(frame: Frame, shown: TokenForm): string {
  const { problem, problems = {} } = shown;
  return inFrame('@account-new-token', frame, {
    ...shown,
    ...atAccount(frame, 'tokens'),
    ...{ problems, lifetimes: tokenLifetimes },
    focus: problem === undefined ? fields[0] : fields.find((field) => problems[field] !== undefined),
  });
}

/** Shows a new API token. It cannot be shown again. */
export const newTokenPage = (frame: Frame, shown: Readonly<{ token: string; view: ShownToken }>): string =>
  inFrame('@account-token-made', frame, {
    ...atAccount(frame, 'tokens'),
    value: shown.token,
    token: shown.view,
    now: shown.view.createdAt,
  });

/** Asks before the token `name` is revoked. */
export const revokeTokenPage = (
  frame: Frame,
  shown: Readonly<{ token: ShownToken; asksPassword: boolean; now: number }> & Partial<RefusalText>,
): string => inFrame('@account-revoke-token', frame, { problems: {}, ...shown, ...atAccount(frame, 'tokens') });
