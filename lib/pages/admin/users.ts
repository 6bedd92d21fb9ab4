import { agentName } from '../agent-name.ts';
import { type Frame, inFrame } from '../frame.ts';

/** The states of a user, those that wait first. */
export const userStates = ['pending', 'active', 'disabled'] as const;
export type UserState = (typeof userStates)[number];

/** What can be done to many users at once. */
export const userActions = ['activate', 'deactivate', 'end', 'role', 'delete'] as const;
export type UserAction = (typeof userActions)[number];

/** A user; times in milliseconds since the epoch. */
export type ShownUser = Readonly<{
  username: string;
  displayName?: string | undefined;
  email?: string | undefined;
  emailConfirmed: boolean;
  role: string;
  state: UserState;
  hasPassword: boolean;
  createdAt: number;
  updatedAt: number;
  lastLoginAt?: number | undefined;
}>;

/** The values of the form above the list. */
export type UserFilter = Readonly<{
  q?: string | undefined;
  role?: string | undefined;
  state?: UserState | undefined;
}>;

/** The list of users. `waiting`: the first of those that wait for activation, shown above it; `isMore`: the count stopped there. */
export const usersPage = (
  frame: Frame,
  shown: Readonly<{
    users: readonly ShownUser[];
    waiting?: Readonly<{ users: readonly ShownUser[]; count: number; isMore: boolean }> | undefined;
    filter: UserFilter;
    roles: readonly string[];
    mayChange: boolean;
    notice?: string | undefined;
    next?: string | undefined;
    first?: string | undefined;
  }>,
): string =>
  inFrame('@admin-users', frame, {
    ...{ place: 'users', states: userStates, actions: userActions },
    ...shown,
    isFiltered: Object.values(shown.filter).some((value) => value !== undefined),
  });

const shownSessions = 5;
const shownTokens = 10;

/** One user, with the first of their sessions and tokens. `isKnownRole`: the ladder has the role. */
export const userPage = (
  frame: Frame,
  shown: Readonly<{
    user: ShownUser;
    isKnownRole: boolean;
    isSelf: boolean;
    mayChange: boolean;
    sessions: readonly Readonly<{
      createdAt: number;
      lastSeenAt: number;
      address?: string | undefined;
      agent?: string | undefined;
    }>[];
    tokens: readonly Readonly<{
      name: string;
      role?: string | undefined;
      createdAt: number;
      lastUsedAt?: number | undefined;
      expiresAt?: number | undefined;
    }>[];
    notice?: string | undefined;
  }>,
): string =>
  inFrame('@admin-user', frame, {
    ...{ place: 'users', address: userAddress(frame, shown.user.username) },
    ...shown,
    sessions: shown.sessions
      .slice(0, shownSessions)
      .map((one) => ({ ...one, device: agentName(one.agent, frame.words) })),
    moreSessions: shown.sessions.length > shownSessions,
    tokens: shown.tokens.slice(0, shownTokens),
    moreTokens: shown.tokens.length - shownTokens,
  });

/** The path of the page of a user. */
export const userAddress = ({ prefix }: Pick<Frame, 'prefix'>, username: string): string =>
  `${prefix}/admin/users/${encodeURIComponent(username)}`;
