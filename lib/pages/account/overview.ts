import type { Principal, Rung } from '../../types.ts';
import { newPassword } from '../assets.ts';
import { type Frame, inFrame } from '../frame.ts';
import type { RefusalText } from '../refusal-text.ts';
import type { Words } from '../words/words.ts';
import { atAccount } from './navigation.ts';

/** How somebody is signed in; `method` is the session's, `token` the name of an API token. */
export type SignedInBy = Readonly<{ via: Principal['via']; method?: string | undefined; token?: string | undefined }>;

/** Who is signed in, and why they may do what they may; times in milliseconds since the epoch. */
export type ShownIdentity = Readonly<{
  name: string;
  role: string;
  /** The highest of the built-in roles that the role holds. */
  rung: Rung;
  scopes: readonly string[];
  by: SignedInBy;
  displayName?: string | undefined;
  email?: string | undefined;
  emailConfirmed?: boolean | undefined;
  /** The role of the account, where the credential may do less. */
  accountRole?: string | undefined;
  /** When they signed in, when that ends at the latest, and when it ends unless it is used. */
  since?: number | undefined;
  until?: number | undefined;
  idleUntil?: number | undefined;
  createdAt?: number | undefined;
}>;

/** The form of the password. `none`: the account has no password that could be typed. */
export type PasswordForm = Readonly<{ passwordMinLength: number }> | 'none';

type Shown = Readonly<{
  identity: ShownIdentity;
  /** Absent for who may not change it, such as a token. */
  password?: PasswordForm | undefined;
  /** Whether the other pages of the account answer. */
  hasPages: boolean;
  notice?: string | undefined;
}> &
  Partial<RefusalText>;

/** Says how a session began. */
export function methodText(words: Words, method: string): string {
  const key = `devices.method.${method}`;
  return words.text(words.has(key) ? key : 'devices.method.other');
}

function wayText(words: Words, { via, method, token }: SignedInBy): string {
  if (via === 'api-token') return words.text('account.viaApiToken', { name: token ?? '' });
  if (via === 'auto-login') return words.text('account.viaAutoLogin');
  const ways = [via === 'session' ? [] : words.text('account.viaAccessToken'), method ? methodText(words, method) : []];
  return ways.flat().join(', ');
}

/** The account page: who one is, and the form of the password. */
export function accountPage(frame: Frame, { identity, hasPages, ...shown }: Shown): string {
  const place = hasPages ? atAccount(frame, 'overview') : ({ place: 'account' } as const);
  const way = wayText(frame.words, identity.by);
  const scripts = typeof shown.password === 'object' ? [newPassword.name] : [];
  return inFrame('@account', frame, { problems: {}, ...shown, ...identity, ...place, way, scripts });
}
