import { agentName } from './agent-name.ts';
import { type Frame, inFrame } from './frame.ts';

/** One place where a user is signed in; times in milliseconds since the epoch. */
export type ShownSession = Readonly<{
  current: boolean;
  createdAt: number;
  lastSeenAt: number;
  address?: string | undefined;
  agent?: string | undefined;
}>;

/** An API token of the user; times in milliseconds since the epoch. */
export type ShownToken = Readonly<{
  name: string;
  createdAt: number;
  lastUsedAt?: number | undefined;
  expiresAt?: number | undefined;
}>;

/** What the user may change on the account page. `roles`: those that a token may be given. */
export type AccountForms = Readonly<{
  /** Whether making a token needs the current password. */
  asksPassword: boolean;
  passwordMinLength: number;
  roles: readonly string[];
  tokens: readonly ShownToken[];
}>;

/** The result of a form: a notice, or its problems by field. It never contains a password. */
export type FormOutcome =
  | Readonly<{ notice: string }>
  | Readonly<{
      failed: 'password' | 'token';
      problem: string;
      problems: Readonly<Record<string, string>>;
      tokenName?: string;
    }>;

/** The account page. Without `forms` it is read-only. */
export const accountPage = (
  frame: Frame,
  shown: Readonly<{
    name: string;
    role: string;
    sessions: readonly ShownSession[];
    forms?: AccountForms | undefined;
    outcome?: FormOutcome | undefined;
  }>,
): string =>
  inFrame('@account', frame, {
    place: 'account',
    ...{ name: shown.name, role: shown.role, problems: {}, tokenName: '' },
    ...shown.outcome,
    sessions: shown.sessions.map(sessionShown),
    forms: shown.forms && { ...shown.forms, tokens: shown.forms.tokens.map(tokenShown) },
  });

const sessionShown = (one: ShownSession) => ({
  current: one.current,
  address: one.address,
  device: agentName(one.agent),
  since: one.createdAt,
  seen: one.lastSeenAt,
});

const tokenShown = ({ name, createdAt, lastUsedAt, expiresAt }: ShownToken) => ({
  name,
  made: createdAt,
  used: lastUsedAt,
  ends: expiresAt,
});

/** Shows a new API token. It cannot be shown again. */
export const newTokenPage = (frame: Frame, shown: Readonly<{ name: string; token: string }>): string =>
  inFrame('@new-token', frame, shown);

/** Asks before the token `name` is revoked; with `asksPassword` for the password of `username`. */
export const revokeTokenPage = (
  frame: Frame,
  shown: Readonly<{ username: string; name: string; asksPassword: boolean; problem?: string }>,
): string => inFrame('@revoke-token', frame, shown);
