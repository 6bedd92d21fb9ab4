import { cursorBehind, type Position, placeOf, type SessionPageQuery, type SessionRecord } from '../sessions.ts';
import { type Commands, isUnreadable } from './commands.ts';
import { eachOf } from './each.ts';
import { parsed, sessionOf } from './replies.ts';
import type { SessionIndex } from './session-index.ts';
import type { Listed, SessionLists } from './session-lists.ts';

export type OwnedSession = SessionRecord & { userId: string };

export const isOwned = (session: SessionRecord): session is OwnedSession => session.userId !== null;

export const endOf = (session: SessionRecord): number => Math.min(session.expiresAt, session.idleAt);

/** How long a session may be on the index before it is there, in milliseconds, with clocks that differ. */
const beingMade = 60_000;

/** Newest first; of one moment, the greater id. */
const byAge = (a: Position, b: Position): number => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1);

type Dependencies = Readonly<{
  commands: Commands;
  keyOf: (id: string) => string;
  lists: SessionLists;
  index: SessionIndex;
}>;

/** What a list says of sessions: which of those found it means, and how to take those off it that are gone. */
type List<L> = Readonly<{
  means(session: SessionRecord, listed: L): boolean;
  forget(gone: readonly L[]): Promise<void>;
}>;

function pageOf(found: readonly SessionRecord[], limit: number) {
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return last === undefined ? { items } : { items, next: cursorBehind(last) };
}

/** Reads sessions one by one, and by the lists that name them. */
export function sessionReader({ commands, keyOf, lists, index }: Dependencies) {
  async function record(id: string): Promise<SessionRecord | undefined> {
    const found = await commands.send(keyOf(id), 'GET', keyOf(id));
    return typeof found === 'string' ? sessionOf(parsed(found), id) : undefined;
  }

  /** The session that a list names, `gone`, or undefined for one that cannot be read and opens nothing. */
  async function named<L extends Position>(listed: L, { means }: List<L>): Promise<SessionRecord | 'gone' | undefined> {
    try {
      const session = await record(listed.id);
      return session !== undefined && means(session, listed) ? session : 'gone';
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }

  /** Those of the list that are live, and takes off it what is gone. */
  async function live<L extends Position>(some: readonly L[], list: List<L>, now: number): Promise<SessionRecord[]> {
    const found = await eachOf(some, (one) => named(one, list));
    await list.forget(some.filter((_, at) => found[at] === 'gone'));
    return found.filter((one) => one !== 'gone' && one !== undefined).filter((one) => endOf(one) > now);
  }

  /** The list of a user. */
  const listFor = (userId: string): List<Listed> => ({
    means: (session, { createdAt, expiresAt }) =>
      session.createdAt === createdAt && session.expiresAt === expiresAt && session.userId === userId,
    forget: (gone) => lists.remove(userId, gone),
  });

  /** The index of all sessions. A session that is just being made is on it, and not there yet. */
  const everyone = (now: number): List<Position> => ({
    means: (session, { createdAt }) => session.createdAt === createdAt && isOwned(session),
    forget: (gone) => index.remove(gone.filter(({ createdAt }) => createdAt < now - beingMade)),
  });

  async function listOf(userId: string, now: number, { limit, after }: SessionPageQuery) {
    const behind = after === undefined ? undefined : placeOf(after);
    if (after !== undefined && behind === undefined) return { items: [] };
    const all = (await lists.all(userId)).toSorted(byAge);
    const rest = behind === undefined ? all : all.filter((one) => byAge(behind, one) < 0);
    const found: SessionRecord[] = [];
    for (let at = 0; at < rest.length && found.length <= limit; at += limit + 1) {
      found.push(...(await live(rest.slice(at, at + limit + 1), listFor(userId), now)));
    }
    return pageOf(found, limit);
  }

  async function list(now: number, { limit, after }: SessionPageQuery) {
    let behind = after === undefined ? undefined : placeOf(after);
    if (after !== undefined && behind === undefined) return { items: [] };
    const found: SessionRecord[] = [];
    for (;;) {
      const some = await index.behind(behind, limit + 1);
      found.push(...(await live(some, everyone(now), now)));
      behind = some.at(-1);
      if (found.length > limit || some.length <= limit) return pageOf(found, limit);
    }
  }

  return { record, listOf, list };
}
