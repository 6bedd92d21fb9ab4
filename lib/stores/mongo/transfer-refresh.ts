import type { RefreshTokenRecord, SpentRefreshTokenRecord } from '../records/refresh-tokens.ts';
import { type Database, outdated } from './database.ts';
import { number, text } from './fields.ts';
import { native, writeAll } from './native.ts';
import { type FamilyDocument, familyOf, type SpentDocument } from './refresh-tokens.ts';
import { type Importer, planFor } from './transfer-in.ts';
import { plain } from './transfer-plain.ts';

const families = (db: Database) => native<FamilyDocument>(db, 'refresh_families');

/** The live refresh tokens among these, by hash. */
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

export function refreshTokens(db: Database): Importer<RefreshTokenRecord> {
  return {
    async plan(records, replace) {
      const hashes = records.map(({ hash }) => hash);
      const living = await livingOf(db, hashes);
      const spent = await native<SpentDocument>(db, 'spent_refresh_tokens')
        .find({ _id: { $in: hashes } }, { projection: { _id: 1 } })
        .toArray();
      const used = new Set(spent.map(({ _id }) => _id));
      return (record) => {
        const there = living.get(record.hash);
        // It was spent since the export, and stays so.
        if (there === undefined && used.has(record.hash)) return 'different';
        return planFor(record, there, replace);
      };
    },
    addAll: (records) => addLiving(db, records),
    async writeOne(token) {
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

export function spentRefreshTokens(db: Database): Importer<SpentRefreshTokenRecord> {
  const noted = plain<SpentRefreshTokenRecord, SpentDocument>(db, 'spent_refresh_tokens', {
    documentOf: ({ hash, ...rest }) => ({ _id: hash, ...rest }),
    recordOf: spentOf,
  });
  return {
    ...noted,
    async plan(records, replace) {
      const planOf = await noted.plan(records, replace);
      const living = await livingOf(
        db,
        records.map(({ hash }) => hash),
      );
      return (record) => {
        if (living.has(record.hash)) return replace ? 'write-one' : 'different';
        return planOf(record);
      };
    },
    async writeOne(token, replace) {
      const living = (await livingOf(db, [token.hash])).get(token.hash);
      if (living === undefined) return noted.writeOne(token, replace);
      await noted.addAll([token]);
      await forget(db, living);
      return 'replaced';
    },
  };
}
