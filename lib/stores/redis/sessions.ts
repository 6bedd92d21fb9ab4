import { setImmediate as turn } from 'node:timers/promises';
import {
  cursorBehind,
  placeOf,
  type SessionPageQuery,
  type SessionRecord,
  type SessionStore,
  type SparedSessions,
} from '../sessions.ts';
import { type Commands, isUnreadable } from './commands.ts';
import { atOnce, eachOf } from './each.ts';
import { sessionPrefix } from './express-store.ts';
import { parsed, sessionOf } from './replies.ts';
import * as scripts from './scripts.ts';
import { answeredIn, type Listed, sessionLists } from './session-lists.ts';

/** Sessions that are ended between two turns of the event loop: few enough that no request waits for them. */
const endedAtOnce = 50;

const sweeping = { pages: 20, perPage: 500, examined: 1_000 };

const endOf = (session: SessionRecord): number => Math.min(session.expiresAt, session.idleAt);

/** Newest first; of one moment, the greater id. */
const byAge = (a: Listed, b: Listed): number => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1);

const isOwned = (session: SessionRecord): session is SessionRecord & { userId: string } => session.userId !== null;

/** An empty list of Lua is not told from an empty object. */
const textOf = ({ makers = [], ...session }: SessionRecord): string =>
  JSON.stringify(makers.length > 0 ? { ...session, makers } : session);

/**
 * Sessions as JSON, one key each that Redis lets go of when the session ends, and per user a list of them. Each writing verb is
 * one command or one script, so that none brings an ended session back. A list and a session may lie on different nodes of a
 * cluster: the list may name what is gone, never the other way round, and forgets it when it is read.
 */
export function sessionStore(commands: Commands, prefix: string): SessionStore {
  const keyOf = (id: string) => sessionPrefix(prefix) + id;
  const lists = sessionLists(commands, prefix);

  async function record(id: string): Promise<SessionRecord | undefined> {
    const found = await commands.send(keyOf(id), 'GET', keyOf(id));
    return typeof found === 'string' ? sessionOf(parsed(found), id) : undefined;
  }

  /** Whether the session existed. */
  async function end(id: string): Promise<boolean> {
    const { done, owner, listed } = answeredIn(await commands.run(scripts.end, keyOf(id)), id);
    // It has ended whether or not its list hears of it now.
    if (owner !== '') await lists.remove(owner, [listed]).catch(() => undefined);
    return done;
  }

  async function create(session: SessionRecord, most = Number.POSITIVE_INFINITY): ReturnType<SessionStore['create']> {
    // Before, so that no session is on no list; and after, because a reader may have found it missing meanwhile.
    if (isOwned(session)) await lists.add(session);
    const life = String(Math.max(1, endOf(session) - Date.now()));
    const key = keyOf(session.id);
    const created = await commands.send(key, 'SET', key, textOf(session), 'NX', 'PX', life);
    if (created === null) return { created: false, ended: [] };
    const beyond = isOwned(session) ? await lists.add(session, most) : [];
    const ended = await eachOf(beyond, ({ id }) => end(id));
    if (isOwned(session)) await lists.remove(session.userId, beyond);
    const those = beyond.filter((_, at) => ended[at]);
    return { created: true, ended: those.map(({ id, expiresAt }) => ({ id, expiresAt })) };
  }

  /** What the list names: the owner's session, `gone`, or undefined for one that cannot be read and opens nothing. */
  async function named(listed: Listed, userId: string): Promise<SessionRecord | 'gone' | undefined> {
    try {
      const session = await record(listed.id);
      const isIt = session?.createdAt === listed.createdAt && session.expiresAt === listed.expiresAt;
      return isIt && session.userId === userId ? session : 'gone';
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }

  /** Those of the list that are live, and takes off it what is gone. */
  async function live(userId: string, listed: readonly Listed[], now: number): Promise<SessionRecord[]> {
    const found = await eachOf(listed, (one) => named(one, userId));
    await lists.remove(
      userId,
      listed.filter((_, at) => found[at] === 'gone'),
    );
    return found.filter((one) => one !== 'gone' && one !== undefined).filter((one) => endOf(one) > now);
  }

  async function listOf(userId: string, now: number, { limit, after }: SessionPageQuery) {
    const behind = after === undefined ? undefined : placeOf(after);
    if (after !== undefined && behind === undefined) return { items: [] };
    const all = (await lists.all(userId)).toSorted(byAge);
    const rest = behind === undefined ? all : all.filter((one) => byAge({ ...behind, expiresAt: 0 }, one) < 0);
    const items: SessionRecord[] = [];
    for (let at = 0; at < rest.length && items.length <= limit; at += limit + 1) {
      items.push(...(await live(userId, rest.slice(at, at + limit + 1), now)));
    }
    const page = items.slice(0, limit);
    const last = items.length > limit ? page.at(-1) : undefined;
    return last === undefined ? { items: page } : { items: page, next: cursorBehind(last) };
  }

  async function endAllOf(userId: string, { from = Number.MAX_SAFE_INTEGER, keep = [] }: SparedSessions = {}) {
    const ended: string[] = [];
    for (let spared = 0; ; await turn()) {
      const some = await lists.some(userId, spared, endedAtOnce);
      const others = some.filter(({ id }) => !keep.includes(id));
      const answers = await eachOf(others, ({ id }) => commands.run(scripts.endOf, keyOf(id), userId, from));
      ended.push(...others.filter((_, at) => answers[at] === 1).map(({ id }) => id));
      const gone = others.filter((_, at) => answers[at] !== 2);
      await lists.remove(userId, gone);
      spared += some.length - gone.length;
      if (some.length < endedAtOnce) return ended;
    }
  }

  return {
    create,
    find: (id, now) =>
      commands.settled(async () => {
        const session = await record(id);
        return session !== undefined && endOf(session) > now ? session : undefined;
      }),
    saveData: async (id, data) => (await commands.run(scripts.saveData, keyOf(id), data)) === 1,
    async touch(id, lastSeenAt, idleAt) {
      const reply = await commands.run(scripts.touch, keyOf(id), lastSeenAt, idleAt, Date.now());
      const { done, owner, listed } = answeredIn(reply, id);
      // It was used whether or not its list hears of it now.
      if (done && owner !== '') await lists.used(owner, listed, lastSeenAt).catch(() => undefined);
      return done;
    },
    end,
    endAllOf,
    listOf,
    countOf: (userId, now) => lists.count(userId, now),
    sweep: sweeper(commands, sessionPrefix(prefix)),
  };
}

/**
 * Redis lets go of sessions by itself; what is over by the caller's clock and not by Redis's is looked for, a bounded
 * part of the keys each time, on from where the last time ended.
 */
function sweeper(commands: Commands, prefix: string): SessionStore['sweep'] {
  const pattern = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
  let cursor = '0';
  let found: readonly string[] = [];

  async function nextPage(): Promise<void> {
    const from = cursor;
    // Should this fail, the next time begins at the beginning: a cluster's cursors serve once.
    cursor = '0';
    const page = await commands.scan(from, pattern, sweeping.perPage);
    cursor = page.cursor;
    found = page.keys;
  }

  /** Deletes those of the page that are over, no more than `limit`; leaves the rest of the page for the next time. */
  async function ofPage(now: number, limit: number): Promise<number> {
    let gone = 0;
    while (found.length > 0 && gone < limit) {
      const some = found.slice(0, Math.min(atOnce, limit - gone));
      found = found.slice(some.length);
      const counts = await eachOf(some, (key) => commands.run(scripts.sweep, key, now));
      gone += counts.filter((count) => count === 1).length;
    }
    return gone;
  }

  return async (now, limit) => {
    let gone = await ofPage(now, limit);
    let examined = 0;
    for (let pages = 0; pages < sweeping.pages && examined < sweeping.examined && gone < limit; pages += 1) {
      await nextPage();
      examined += found.length;
      gone += await ofPage(now, limit - gone);
      if (cursor === '0') return gone;
    }
    return gone;
  };
}
