import { Schema } from 'mongoose';
import type { KeyRecord, KeyStore } from '../records/keys.ts';
import { type Database, documentOptions, unlessDuplicate } from './database.ts';
import { fieldsOf, listOf, number, text } from './fields.ts';

export type KeysDocument = { _id: string; keys: KeyRecord[] };

const key = new Schema<KeyRecord>(
  {
    kid: { type: String, required: true },
    algorithm: { type: String, required: true },
    publicJwk: { type: String, required: true },
    sealed: { type: String, required: true },
    createdAt: { type: Number, required: true },
  },
  documentOptions,
);

const schema = new Schema<KeysDocument>({ _id: { type: String, required: true }, keys: [key] }, documentOptions);

const all = 'signing';

export function keyOf(value: unknown): KeyRecord {
  const { kid, algorithm, publicJwk, sealed, createdAt } = fieldsOf(value);
  return {
    kid: text(kid),
    algorithm: text(algorithm),
    publicJwk: text(publicJwk),
    sealed: text(sealed),
    createdAt: number(createdAt),
  };
}

/** All keys are one document, newest first, so that comparing the newest and adding the next is one atomic write. */
export function keyStore(db: Database): KeyStore {
  const keys = db.collection('keys', schema);

  async function add(record: KeyRecord, newest: string | undefined): Promise<boolean> {
    const there = newest === undefined ? { 'keys.0': { $exists: false } } : { 'keys.0.kid': newest };
    const change = { $push: { keys: { $each: [record], $position: 0 } } };
    const filter = { _id: all, ...there, 'keys.kid': { $ne: record.kid } };
    const written = await unlessDuplicate(() => keys.updateOne(filter, change, { upsert: newest === undefined }));
    return written !== 'duplicate' && written.modifiedCount + written.upsertedCount > 0;
  }

  return {
    list: () =>
      db.answer(async () => {
        const found = await keys.findOne({ _id: all }).lean();
        return listOf(found?.keys, keyOf);
      }),
    add: (record, newest) => db.answer(() => add(record, newest)),
    remove: (kid) => db.answer(async () => void (await keys.updateOne({ _id: all }, { $pull: { keys: { kid } } }))),
  };
}
