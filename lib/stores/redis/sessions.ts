import { setImmediate as turn } from 'node:timers/promises';
import type { SessionRecord, SessionStore, SparedSessions } from '../sessions.ts';
import type { Commands } from './commands.ts';
import { atOnce, eachOf } from './each.ts';
import { sessionPrefix } from './express-store.ts';
import * as scripts from './scripts.ts';
import { sessionIndex } from './session-index.ts';
import { answeredIn, sessionLists } from './session-lists.ts';
import { endOf, isOwned, sessionReader } from './session-reader.ts';

/** Sessions that are ended between two turns of the event loop: few enough that no request waits for them. */
const endedAtOnce = 50;

const sweeping = { pages: 20, perPage: 500, examined: 1_000 };

/** An empty list of Lua is not told from an empty object. */
const textOf = ({ makers = [], ...session }: SessionRecord): string =>
  JSON.stringify(makers.length > 0 ? { ...session, makers } : session);

/**
 * Sessions as JSON, one key each that Redis lets go of when the session ends; per user a list of them, and an index of all. Each
 * writing verb is one command or one script, so that none brings an ended session back. Lists and sessions may lie on different
 * nodes of a cluster: a list may name what is gone, never the other way round, and forgets it when it is read.
 */
export function sessionStore(commands: Commands, prefix: string): SessionStore {
  const keyOf = (id: string) => sessionPrefix(prefix) + id;
  const lists = sessionLists(commands, prefix);
  const index = sessionIndex(commands, prefix);
  const { record, listOf, list } = sessionReader({ commands, keyOf, lists, index });
  const sweep = sweeper(commands, sessionPrefix(prefix));

  /** Whether the session existed. */
  async function end(id: string): Promise<boolean> {
    const { done, owner, listed } = answeredIn(await commands.run(scripts.end, keyOf(id)), id);
    // It has ended whether or not its lists hear of it now.
    if (owner !== '') await Promise.allSettled([lists.remove(owner, [listed]), index.remove([listed])]);
    return done;
  }

  async function create(session: SessionRecord, most = Number.POSITIVE_INFINITY): ReturnType<SessionStore['create']> {
    // Before, so that no session is on no list; and after, because a reader may have found it missing meanwhile.
    if (isOwned(session)) await Promise.all([lists.add(session), index.put(session, endOf(session))]);
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

  async function endAllOf(userId: string, { from = Number.MAX_SAFE_INTEGER, keep = [] }: SparedSessions = {}) {
    const ended: string[] = [];
    for (let spared = 0; ; await turn()) {
      const some = await lists.some(userId, spared, endedAtOnce);
      const others = some.filter(({ id }) => !keep.includes(id));
      const answers = await eachOf(others, ({ id }) => commands.run(scripts.endOf, keyOf(id), userId, from));
      ended.push(...others.filter((_, at) => answers[at] === 1).map(({ id }) => id));
      const gone = others.filter((_, at) => answers[at] !== 2);
      await Promise.all([lists.remove(userId, gone), index.remove(gone)]);
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
      const { done, owner, listed, endsAt } = answeredIn(reply, id);
      // It was used whether or not its lists hear of it now.
      if (done && owner !== '')
        await Promise.allSettled([lists.used(owner, listed, lastSeenAt), index.put(listed, endsAt)]);
      return done;
    },
    end,
    endAllOf,
    listOf,
    countOf: (userId, now) => lists.count(userId, now),
    list,
    count: (now) => index.count(now),
    async sweep(now, limit) {
      await index.trim(now);
      return sweep(now, limit);
    },
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
