import type { SessionRecord, SessionStore } from '../sessions.ts';
import { type Commands, isUnreadable, type Script } from './commands.ts';
import { atOnce, eachOf } from './each.ts';
import { sessionPrefix } from './express-store.ts';
import { parsed, sessionOf, texts } from './replies.ts';
import * as scripts from './scripts.ts';

const sweeping = { pages: 20, perPage: 500, examined: 1_000 };

const endOf = (session: SessionRecord): number => Math.min(session.expiresAt, session.idleAt);

/** Newest first; of one moment, the greater id. */
const byAge = (a: SessionRecord, b: SessionRecord): number => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1);

/**
 * Sessions as JSON, one key each that Redis lets go of when the session ends, and per user a sorted set of their ids.
 * Each writing verb is one command or one script, so that none brings an ended session back. A list and a session may
 * lie on different nodes of a cluster: the list may name what is gone, never the other way round, and forgets it when
 * it is read.
 */
export function sessionStore(commands: Commands, prefix: string): SessionStore {
  const keyOf = (id: string) => sessionPrefix(prefix) + id;
  const listKey = (userId: string) => `${prefix}sessions-of:${userId}`;

  async function record(id: string): Promise<SessionRecord | undefined> {
    const found = await commands.send(keyOf(id), 'GET', keyOf(id));
    return typeof found === 'string' ? sessionOf(parsed(found), id) : undefined;
  }

  const enlist = ({ id, userId, expiresAt }: SessionRecord) =>
    userId === null ? undefined : commands.run(scripts.enlist, listKey(userId), id, expiresAt, Date.now());

  async function delist(userId: string, ids: readonly string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += atOnce) {
      await commands.send(listKey(userId), 'ZREM', listKey(userId), ...ids.slice(at, at + atOnce));
    }
  }

  const listed = async (userId: string) =>
    texts(await commands.send(listKey(userId), 'ZRANGE', listKey(userId), '0', '-1'));

  /** What the list names: the owner's session, `gone`, or undefined for one that cannot be read and opens nothing. */
  async function named(id: string, userId: string): Promise<SessionRecord | 'gone' | undefined> {
    try {
      const session = await record(id);
      return session?.userId === userId ? session : 'gone';
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }

  const update = async (script: Script, id: string, ...args: readonly (string | number)[]) =>
    (await commands.run(script, keyOf(id), ...args)) === 1;

  return {
    async create(session) {
      // Before, so that no session is on no list; and after, because a reader may have found it missing meanwhile.
      await enlist(session);
      const life = String(Math.max(1, endOf(session) - Date.now()));
      const key = keyOf(session.id);
      const created = await commands.send(key, 'SET', key, JSON.stringify(session), 'NX', 'PX', life);
      if (created === null) return false;
      await enlist(session);
      return true;
    },
    find: (id, now) =>
      commands.settled(async () => {
        const session = await record(id);
        return session !== undefined && endOf(session) > now ? session : undefined;
      }),
    saveData: (id, data) => update(scripts.saveData, id, data),
    touch: (id, lastSeenAt, idleAt) => update(scripts.touch, id, lastSeenAt, idleAt, Date.now()),
    restamp: (id, epoch) => update(scripts.restamp, id, epoch),
    async end(id) {
      const [there, owner = ''] = texts(await commands.run(scripts.end, keyOf(id)));
      // It has ended whether or not its list hears of it now.
      if (owner !== '') await delist(owner, [id]).catch(() => undefined);
      return there === '1';
    },
    async endAllOf(userId, keep) {
      const ids = (await listed(userId)).filter((id) => id !== keep);
      const ended = await eachOf(ids, (id) => update(scripts.endOf, id, userId));
      await delist(userId, ids).catch(() => undefined);
      return ids.filter((_, at) => ended[at]);
    },
    async listOf(userId, now) {
      const ids = await listed(userId);
      const found = await eachOf(ids, (id) => named(id, userId));
      const gone = ids.filter((_, at) => found[at] === 'gone');
      await delist(userId, gone);
      return found
        .filter((one) => one !== 'gone' && one !== undefined)
        .filter((one) => endOf(one) > now)
        .sort(byAge);
    },
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
