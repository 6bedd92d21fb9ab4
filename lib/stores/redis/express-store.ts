import { RedisStore } from 'connect-redis';
import type { SessionAccess } from '../sessions.ts';
import { type Commands, isUnreadable } from './commands.ts';
import { eachOf } from './each.ts';
import { parsed, sessionOf } from './replies.ts';

/** The data of a session, as express-session types it. */
type SessionData = Parameters<RedisStore['set']>[1];

type Access = SessionAccess<SessionData>;

/** A `RedisStore` over the sessions of an installation. */
export type RedisStoreClass = new (access: Access) => RedisStore;

export const sessionPrefix = (prefix: string): string => `${prefix}session:`;

/**
 * connect-redis's store with our records behind its `prefix` and `serializer`: `all`, `ids`, `length` and `clear` are its
 * own. Ids are public ones (SHA-256 of what the cookie holds), and sessions of access tokens are not among them. Its plain
 * writes would restore an ended session, so subclasses write in another way.
 */
export function redisStoreClass(commands: Commands, prefix: string): RedisStoreClass {
  return class SessionsInRedis extends RedisStore {
    constructor(access: Access) {
      const serializer = serializerOf(access);
      super({ client: clientOn(commands, sessionPrefix(prefix), access), prefix: sessionPrefix(prefix), serializer });
    }
  };
}

function serializerOf({ dataOf, recordOf }: Access): RedisStore['serializer'] {
  return {
    parse(text) {
      const value = parsed(text);
      const data = dataOf(sessionOf(value, String(value?.id)));
      if (data === undefined) throw new TypeError('the data of this session cannot be read');
      return data;
    },
    stringify(session) {
      const record = recordOf(session);
      if (record === undefined) throw new TypeError('a session that was not loaded from this store has no record');
      return JSON.stringify(record);
    },
  };
}

/** What connect-redis asks of a client of Redis, over commands that have a deadline and find their node. */
function clientOn(commands: Commands, prefix: string, access: Access) {
  const get = (key: string) => commands.send(key, 'GET', key);

  /** The text of a browser's session; null for one that is gone, an access token's, or cannot be read. */
  async function readable(key: string): Promise<string | null> {
    try {
      const text = await get(key);
      if (typeof text !== 'string') return null;
      const record = sessionOf(parsed(text), key.slice(prefix.length));
      return record.kind === 'browser' && access.dataOf(record) !== undefined ? text : null;
    } catch (error) {
      if (isUnreadable(error)) return null;
      throw error;
    }
  }

  async function* scanIterator({ COUNT }: { COUNT: number }): AsyncGenerator<readonly string[]> {
    const pattern = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
    let cursor = '0';
    do {
      const page = await commands.scan(cursor, pattern, COUNT);
      const found = await eachOf(page.keys, readable);
      yield page.keys.filter((_, at) => found[at] !== null);
      cursor = page.cursor;
    } while (cursor !== '0');
  }

  return {
    get,
    mGet: (keys: readonly string[]) => eachOf(keys, readable),
    del: (keys: readonly string[]) => eachOf(keys, (key) => access.end(key.slice(prefix.length))),
    scanIterator,
  };
}
