import { agentName } from '../agent-name.ts';
import { type Frame, inFrame } from '../frame.ts';
import type { WordKey, Words } from '../words/words.ts';

/** A session of a user; times in milliseconds since the epoch. */
export type ListedSession = Readonly<{
  id: string;
  username: string;
  kind: 'browser' | 'api';
  method: string;
  createdAt: number;
  lastSeenAt: number;
  expiresAt: number;
  address?: string | undefined;
  agent?: string | undefined;
}>;

/** How forms and addresses name a session: its id, which holds no dot, and whose it is. */
export const sessionKey = ({ id, username }: Pick<ListedSession, 'id' | 'username'>): string => `${id}.${username}`;

/** Reads such a name; undefined when it is none. */
export function sessionNamed(key: string): Pick<ListedSession, 'id' | 'username'> | undefined {
  const [, id, username] = /^([\w-]{1,64})\.(.{1,64})$/s.exec(key) ?? [];
  return id === undefined || username === undefined ? undefined : { id, username };
}

const methodKeys: Readonly<Record<string, WordKey>> = {
  password: 'sessions.byPassword',
  setup: 'sessions.bySetup',
  login: 'sessions.byApp',
  minted: 'sessions.byMinting',
  device: 'sessions.byDevice',
  'device-untyped': 'sessions.byDevice',
};

function methodText(words: Words, method: string): string {
  const key = methodKeys[method];
  return key === undefined ? method : words.text(key);
}

/** Where the list leads to: the sessions of one user, or of all. */
const listAt = (prefix: string, user: string | undefined): string =>
  `${prefix}/admin/sessions${user === undefined ? '' : `?${new URLSearchParams({ user })}`}`;

function rowOf({ prefix, words }: Frame, session: ListedSession, { user, ownId }: RowOptions) {
  const key = sessionKey(session);
  const ending = new URLSearchParams({ session: key, ...(user !== undefined && { user }) });
  return {
    ...{ key, name: session.username, address: session.address, agent: session.agent },
    device: agentName(session.agent, words),
    how: methodText(words, session.method),
    isApi: session.kind === 'api',
    isOwn: session.id === ownId,
    ...{ since: session.createdAt, seen: session.lastSeenAt, ends: session.expiresAt },
    userAt: `${prefix}/admin/users/${encodeURIComponent(session.username)}`,
    listAt: listAt(prefix, session.username),
    endAt: `${prefix}/admin/sessions/end?${ending}`,
  };
}

type RowOptions = Readonly<{ user?: string | undefined; ownId?: string | undefined }>;

/** The list of sessions: those of `user`, or of all users. `ownId`: the session that the page is asked for with. */
export function sessionsPage(
  frame: Frame,
  shown: Readonly<{
    sessions: readonly ListedSession[];
    user?: string | undefined;
    ownId?: string | undefined;
    /** About how many there are; absent where the list is of one user. */
    count?: number | undefined;
    mayEnd: boolean;
    cursor?: string | undefined;
    next?: string | undefined;
    notice?: string | undefined;
  }>,
): string {
  const { sessions, user, cursor, next } = shown;
  const list = listAt(frame.prefix, user);
  const nextPage = next && new URLSearchParams({ ...(user !== undefined && { user }), cursor: next });
  return inFrame('@admin-sessions', frame, {
    ...{ place: 'sessions', user: user ?? '', mayEnd: shown.mayEnd, count: shown.count, notice: shown.notice },
    rows: sessions.map((session) => rowOf(frame, session, shown)),
    endAllAt: user && `${frame.prefix}/admin/sessions/end-all?${new URLSearchParams({ user })}`,
    next: nextPage && `${frame.prefix}/admin/sessions?${nextPage}`,
    first: cursor && list,
  });
}

type Question = Readonly<{
  asksPassword: boolean;
  problem?: string | undefined;
  problems?: Readonly<Record<string, string>> | undefined;
}>;

/** Asks before these sessions are ended. `user`: whose list it goes back to. */
export const endSessionsPage = (
  frame: Frame,
  shown: Question & RowOptions & Readonly<{ sessions: readonly ListedSession[] }>,
): string =>
  inFrame('@admin-end-sessions', frame, {
    ...{ place: 'sessions', user: shown.user ?? '', back: listAt(frame.prefix, shown.user) },
    ...questionOf(shown),
    rows: shown.sessions.map((session) => rowOf(frame, session, shown)),
  });

/** Asks before all sessions of a user are ended. `isSelf`: they are the reader's, whose own session goes on. */
export const endAllSessionsPage = (
  frame: Frame,
  shown: Question & Readonly<{ username: string; isSelf: boolean }>,
): string =>
  inFrame('@admin-end-all-sessions', frame, {
    ...{ place: 'sessions', name: shown.username, isSelf: shown.isSelf },
    ...questionOf(shown),
    back: listAt(frame.prefix, shown.username),
  });

const questionOf = ({ asksPassword, problem, problems = {} }: Question) => ({ asksPassword, problem, problems });
