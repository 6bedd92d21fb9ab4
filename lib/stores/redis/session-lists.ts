import type { SessionRecord } from '../sessions.ts';
import type { Commands } from './commands.ts';
import { atOnce } from './each.ts';
import { texts } from './replies.ts';
import * as scripts from './scripts.ts';

/** What the list of a user says of a session; none of it changes. */
export type Listed = Pick<SessionRecord, 'id' | 'createdAt' | 'expiresAt'>;

const nameOf = ({ id, createdAt, expiresAt }: Listed): string => `${id} ${createdAt} ${expiresAt}`;

function listedIn(name: string): Listed {
  const [, id = '', createdAt, expiresAt] = /^(.*) (\d+) (\d+)$/s.exec(name) ?? [];
  return { id, createdAt: Number(createdAt), expiresAt: Number(expiresAt) };
}

/** Which session a script on its key has answered about; `endsAt`: when it ends unless it is used again, after a touch. */
export type Answered = Readonly<{ done: boolean; owner: string; listed: Listed; endsAt: number }>;

/** Reads the reply of `touch` and `end`. */
export function answeredIn(reply: unknown, id: string): Answered {
  const [done, endsAt, owner = '', createdAt, expiresAt] = texts(reply);
  const listed = { id, createdAt: Number(createdAt), expiresAt: Number(expiresAt) };
  return { done: done === '1', owner, listed, endsAt: Number(endsAt) };
}

/**
 * The sessions of each user in the order of their last use: one sorted set a user, whose members name a session with its
 * creation and absolute end.
 */
export interface SessionLists {
  /** Returns the least recently used sessions beyond `most` (default: no limit), besides the new one. */
  add(session: SessionRecord & { userId: string }, most?: number): Promise<readonly Listed[]>;
  /** Records a use of a session that is listed. */
  used(userId: string, session: Listed, lastSeenAt: number): Promise<void>;
  remove(userId: string, sessions: readonly Listed[]): Promise<void>;
  all(userId: string): Promise<readonly Listed[]>;
  /** At most `count`, from the place `from` on, the least recently used first. */
  some(userId: string, from: number, count: number): Promise<readonly Listed[]>;
  count(userId: string, now: number): Promise<number>;
}

export function sessionLists(commands: Commands, prefix: string): SessionLists {
  const keyOf = (userId: string) => `${prefix}sessions-of:${userId}`;

  async function some(userId: string, from: number, count: number): Promise<readonly Listed[]> {
    const key = keyOf(userId);
    const last = count === Number.POSITIVE_INFINITY ? -1 : from + count - 1;
    return texts(await commands.send(key, 'ZRANGE', key, String(from), String(last))).map(listedIn);
  }

  return {
    async add(session, most = Number.POSITIVE_INFINITY) {
      const { id, userId, lastSeenAt, expiresAt } = session;
      const beyond = await commands.run(
        scripts.enlist,
        keyOf(userId),
        ...[nameOf(session), lastSeenAt, expiresAt - Date.now(), Number.isFinite(most) ? most : 0],
      );
      return texts(beyond)
        .map(listedIn)
        .filter((one) => one.id !== id);
    },
    async used(userId, session, lastSeenAt) {
      const key = keyOf(userId);
      await commands.send(key, 'ZADD', key, 'XX', 'GT', String(lastSeenAt), nameOf(session));
    },
    async remove(userId, sessions) {
      const key = keyOf(userId);
      for (let at = 0; at < sessions.length; at += atOnce) {
        await commands.send(key, 'ZREM', key, ...sessions.slice(at, at + atOnce).map(nameOf));
      }
    },
    all: (userId) => some(userId, 0, Number.POSITIVE_INFINITY),
    some,
    count: async (userId, now) => Number(await commands.run(scripts.countListed, keyOf(userId), now)),
  };
}
