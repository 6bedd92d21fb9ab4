import type { RefreshTokenRecord, SpentRefreshTokenRecord } from '../records/refresh-tokens.ts';
import { type Database, outdated } from './database.ts';
import { number, text } from './fields.ts';
import { native, writeAll } from './native.ts';
import { type FamilyDocument, familyOf, type SpentDocument } from './refresh-tokens.ts';
import { type RequestHead, verdictOn } from './transfer-in.ts';
import { plain } from './transfer-plain.ts';

const families = (db: Database) => native<FamilyDocument>(db, 'refresh_families');

/** Of these, the refresh tokens that live, by their hashes. */
export async function livingOf(db: Database, hashes: readonly string[]): Promise<Map<string, RefreshTokenRecord>> {
  if (hashes.length === 0) return new Map();
  const found = await families(db)
    .find({ 'live.hash': { $in: [...hashes] } })
    .toArray();
  return new Map(found.flatMap((family) => familyOf(family).tokens.map((token) => [token.hash, token])));
}

async function forget(db: Database, { sessionId, hash }: RefreshTokenRecord): Promise<void> {
  await families(db).updateOne({ _id: sessionId }, { $pull: { live: { hash } } });
  await families(db).deleteOne({ _id: sessionId, live: { $size: 0 } });
}

function addLiving(db: Database, tokens: readonly RefreshTokenRecord[]): Promise<ReadonlySet<number>> {
  const writes = tokens.map(({ sessionId, ...token }) => ({
    updateOne: {
      filter: { _id: sessionId, 'live.hash': { $ne: token.hash } },
      update: { $push: { live: token } },
      upsert: true,
    },
  }));
  return writeAll(families(db), writes);
}

export function refreshTokens(db: Database): RequestHead<RefreshTokenRecord> {
  return {
    async look(records, replace) {
      const hashes = records.map(({ hash }) => hash);
      const living = await livingOf(db, hashes);
      const spent = await native<SpentDocument>(db, 'spent_refresh_tokens')
        .find({ _id: { $in: hashes } }, { projection: { _id: 1 } })
        .toArray();
      const used = new Set(spent.map(({ _id }) => _id));
      return (record) => {
        const there = living.get(record.hash);
        // Spent since: it stays so.
        if (there === undefined && used.has(record.hash)) return 'different';
        return verdictOn(record, there, replace);
      };
    },
    add: (records) => addLiving(db, records),
    async apart(token) {
      const there = (await livingOf(db, [token.hash])).get(token.hash);
      if (there === undefined) return outdated;
      await forget(db, there);
      return (await addLiving(db, [token])).size > 0 ? outdated : 'replaced';
    },
  };
}

export const spentOf = ({ _id, sessionId, usedAt, expiresAt }: SpentDocument): SpentRefreshTokenRecord => ({
  hash: text(_id),
  sessionId: text(sessionId),
  usedAt: number(usedAt),
  expiresAt: number(expiresAt),
});

export function spentRefreshTokens(db: Database): RequestHead<SpentRefreshTokenRecord> {
  const noted = plain<SpentRefreshTokenRecord, SpentDocument>(db, 'spent_refresh_tokens', {
    documentOf: ({ hash, ...rest }) => ({ _id: hash, ...rest }),
    recordOf: spentOf,
  });
  return {
    ...noted,
    async look(records, replace) {
      const judge = await noted.look(records, replace);
      const living = await livingOf(
        db,
        records.map(({ hash }) => hash),
      );
      return (record) => {
        if (living.has(record.hash)) return replace ? 'apart' : 'different';
        return judge(record);
      };
    },
    async apart(token, replace) {
      const living = (await livingOf(db, [token.hash])).get(token.hash);
      if (living === undefined) return noted.apart(token, replace);
      await noted.add([token]);
      await forget(db, living);
      return 'replaced';
    },
  };
}
