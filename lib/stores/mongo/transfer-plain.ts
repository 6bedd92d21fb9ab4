import type { AuditRecord } from '../audit.ts';
import type { FactRecord } from '../records/facts.ts';
import type { KeyRecord } from '../records/keys.ts';
import type { RetiredNameRecord, TransferEntry } from '../records/transfer.ts';
import { type AuditDocument, documentOf, recordOf } from './audit.ts';
import { type Database, outdated, unlessDuplicate } from './database.ts';
import { listOf, number, text } from './fields.ts';
import { type KeysDocument, keyOf } from './keys.ts';
import { native, writeAll } from './native.ts';
import { type Importer, planFor } from './transfer-in.ts';
import type { UserDocument } from './user-documents.ts';

export type FactDocument = { _id: string; value: string };

/** Imports a kind whose records are one document each. */
export function plain<R extends TransferEntry['record'], D extends { _id: string }>(
  db: Database,
  name: string,
  { documentOf: write, recordOf: read }: { documentOf(record: R): D; recordOf(found: D): R },
): Importer<R> {
  const collection = () => native<{ _id: string }>(db, name);
  return {
    async plan(records, replace) {
      const ids = records.map((record) => write(record)._id);
      const found = await native<{ _id: string }>(db, name)
        .find({ _id: { $in: ids } })
        .toArray();
      const byId = new Map(found.map((one) => [one._id, one as D]));
      return (record) => {
        const there = byId.get(write(record)._id);
        return planFor(record, there && read(there), replace);
      };
    },
    addAll: (records) =>
      writeAll(
        collection(),
        records.map((record) => ({ insertOne: { document: write(record) } })),
      ),
    async writeOne(record) {
      const document = write(record);
      const written = await collection().replaceOne({ _id: document._id }, document, { ignoreUndefined: true });
      return written.matchedCount > 0 ? 'replaced' : outdated;
    },
  };
}

export const facts = (db: Database): Importer<FactRecord> =>
  plain<FactRecord, FactDocument>(db, 'facts', {
    documentOf: ({ name, value }) => ({ _id: name, value }),
    recordOf: ({ _id, value }) => ({ name: text(_id), value: text(value) }),
  });

export const audit = (db: Database): Importer<AuditRecord> =>
  plain<AuditRecord, AuditDocument>(db, 'audit', { documentOf, recordOf });

/** All keys are one document, newest first; imported ones are added at its end. */
export function keys(db: Database): Importer<KeyRecord> {
  const collection = () => native<KeysDocument>(db, 'keys');
  const _id = 'signing';
  return {
    plan: async () => () => 'write-one',
    addAll: async () => new Set(),
    async writeOne(key, replace) {
      const there = listOf((await collection().findOne({ _id }))?.keys, keyOf).find(({ kid }) => kid === key.kid);
      const plan = planFor(key, there, replace);
      if (plan === 'write-one') {
        await collection().updateOne({ _id, 'keys.kid': key.kid }, { $set: { 'keys.$': key } });
        return 'replaced';
      }
      if (plan !== 'add') return plan;
      const add = () =>
        collection().updateOne({ _id, 'keys.kid': { $ne: key.kid } }, { $push: { keys: key } }, { upsert: true });
      return (await unlessDuplicate(add)) === 'duplicate' ? outdated : 'created';
    },
  };
}

/** A retired name is the rest of a deleted user's document. */
export function retiredNames(db: Database): Importer<RetiredNameRecord> {
  const collection = () => native<UserDocument>(db, 'users');
  return {
    async plan(records, replace) {
      const found = await collection()
        .find({ _id: { $in: records.map(({ nameKey }) => nameKey) } }, { projection: { retiredAt: 1 } })
        .toArray();
      const byName = new Map(found.map((one) => [one._id, one.retiredAt]));
      return (record) => {
        if (!byName.has(record.nameKey)) return 'add';
        const at = byName.get(record.nameKey);
        if (at === undefined) return 'name-taken';
        return planFor(record, { nameKey: record.nameKey, at: number(at) }, replace);
      };
    },
    addAll: (records) =>
      writeAll(
        collection(),
        records.map(({ nameKey, at }) => ({ insertOne: { document: { _id: nameKey, retiredAt: at } } })),
      ),
    async writeOne({ nameKey, at }) {
      const written = await collection().updateOne(
        { _id: nameKey, retiredAt: { $exists: true } },
        { $set: { retiredAt: at } },
      );
      return written.matchedCount > 0 ? 'replaced' : outdated;
    },
  };
}
