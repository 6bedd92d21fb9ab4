import { cursorBehind, type Position, placeOf, type SessionRecord } from '../sessions.ts';
import type { Commands } from './commands.ts';
import { atOnce } from './each.ts';
import { texts } from './replies.ts';
import * as scripts from './scripts.ts';

/** The digits of a time in a name: names in the order of their text are in the order of their times. */
const digits = 16;

/** Names that one trim takes off at most, so many at a time. */
const trimming = { rounds: 50, perRound: 1_000 };

const nameOf = ({ createdAt, id }: Position): string =>
  cursorBehind({ createdAt, id }).padStart(digits + 1 + id.length, '0');

/**
 * The sessions of all users, in two sorted sets of the same names: `sessions-by-age`, in the order of the names, and
 * `sessions-by-end`, by the end of each. A session is put on both before it is saved and with every use, so that one which is missing on
 * either, or is older than they are, comes back with its next use.
 */
export interface SessionIndex {
  /** Adds a session, or notes its new end. */
  put(session: Pick<SessionRecord, 'id' | 'createdAt' | 'expiresAt'>, endsAt: number): Promise<void>;
  remove(sessions: readonly Position[]): Promise<void>;
  /** At most `count` behind a place, newest first. */
  behind(place: Position | undefined, count: number): Promise<readonly Position[]>;
  /** How many end later than `now`. */
  count(now: number): Promise<number>;
  /** Takes off what has ended, a bounded number of names. */
  trim(now: number): Promise<void>;
}

export function sessionIndex(commands: Commands, prefix: string): SessionIndex {
  const byAge = `${prefix}sessions-by-age`;
  const byEnd = `${prefix}sessions-by-end`;

  async function removeNames(names: readonly string[]): Promise<void> {
    for (let at = 0; at < names.length; at += atOnce) {
      const some = names.slice(at, at + atOnce);
      await commands.send(byAge, 'ZREM', byAge, ...some);
      await commands.send(byEnd, 'ZREM', byEnd, ...some);
    }
  }

  return {
    async put(session, endsAt) {
      const name = nameOf(session);
      const life = session.expiresAt - Date.now();
      await Promise.all([
        commands.run(scripts.addName, byAge, name, 0, life),
        commands.run(scripts.addName, byEnd, name, endsAt, life),
      ]);
    },
    remove: (sessions) => removeNames(sessions.map(nameOf)),
    async behind(place, count) {
      const from = place === undefined ? '+' : `(${nameOf(place)}`;
      const names = await commands.send(byAge, 'ZREVRANGEBYLEX', byAge, from, '-', 'LIMIT', '0', String(count));
      return texts(names)
        .map(placeOf)
        .filter((one) => one !== undefined);
    },
    count: async (now) => Number(await commands.send(byEnd, 'ZCOUNT', byEnd, `(${now}`, '+inf')),
    async trim(now) {
      for (let round = 0; round < trimming.rounds; round += 1) {
        const limit = ['LIMIT', '0', String(trimming.perRound)];
        const names = texts(await commands.send(byEnd, 'ZRANGEBYSCORE', byEnd, '-inf', String(now), ...limit));
        await removeNames(names);
        if (names.length < trimming.perRound) return;
      }
    },
  };
}
