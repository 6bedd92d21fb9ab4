import type { mongo } from 'mongoose';
import type { ApiTokenRecord } from '../records/api-tokens.ts';
import { type TransferEntry, type TransferKind, transferBatch, type UnreadableEntry } from '../records/transfer.ts';
import { makersOf, type TokenDocument, tokenOf } from './api-tokens.ts';
import { type AuditDocument, recordOf } from './audit.ts';
import type { Database } from './database.ts';
import { fieldsOf, listOf, number, readable, text } from './fields.ts';
import { type KeysDocument, keyOf } from './keys.ts';
import { native } from './native.ts';
import { type FamilyDocument, familyOf, type SpentDocument } from './refresh-tokens.ts';
import type { FactDocument } from './transfer-plain.ts';
import { livingOf, spentOf } from './transfer-refresh.ts';
import type { Users } from './user-collection.ts';
import type { UserDocument } from './user-documents.ts';

type Entry = TransferEntry | UnreadableEntry;
type Keyed = mongo.Document & { _id: string };

/** All documents that match, by key, in pages: a slow reader holds no cursor open. */
async function* pagesOf<D extends Keyed>(collection: mongo.Collection<D>, filter: mongo.Filter<D>, key = '_id') {
  for (let after = ''; ; ) {
    const query = { $and: [filter, { [key]: { $gt: after } }] } as mongo.Filter<D>;
    const found = await collection
      .find(query)
      .sort({ [key]: 1 })
      .limit(transferBatch)
      .toArray();
    yield found;
    if (found.length < transferBatch) return;
    after = String(found.at(-1)?._id);
  }
}

/** Returns an entry for each document, an unreadable one for a document that cannot be read. */
function entryOf<D extends Keyed>(kind: TransferKind, found: D, read: (found: D) => TransferEntry): Entry {
  return readable(found, read) ?? { kind, unreadable: String(found._id) };
}

async function* facts(db: Database): AsyncGenerator<Entry> {
  for await (const page of pagesOf(native<FactDocument>(db, 'facts'), {})) {
    for (const fact of page)
      yield entryOf('fact', fact, ({ _id, value }) => ({
        kind: 'fact',
        record: { name: text(_id), value: text(value) },
      }));
  }
}

async function* keys(db: Database): AsyncGenerator<Entry> {
  const found = await native<KeysDocument>(db, 'keys').findOne({ _id: 'signing' });
  for (const key of listOf(found?.keys, (one) => one)) {
    yield readable(key, (one): Entry => ({ kind: 'key', record: keyOf(one) })) ?? {
      kind: 'key',
      unreadable: readable(key, (one) => text(fieldsOf(one).kid)) ?? '',
    };
  }
}

async function* retiredNames(db: Database): AsyncGenerator<Entry> {
  for await (const page of pagesOf(native<UserDocument>(db, 'users'), { retiredAt: { $exists: true } })) {
    for (const name of page)
      yield entryOf('retired-name', name, ({ _id, retiredAt }) => ({
        kind: 'retired-name',
        record: { nameKey: text(_id), at: number(retiredAt) },
      }));
  }
}

async function* users(db: Database, { readerOf }: Users): AsyncGenerator<Entry> {
  // Damaged users are reported as unreadable; lists leave them out.
  const filter = { retiredAt: { $exists: false } };
  for await (const page of pagesOf(native<UserDocument>(db, 'users'), filter)) {
    const read = await readerOf(page);
    for (const user of page) yield entryOf('user', user, (found) => ({ kind: 'user', record: read(found) }));
  }
}

/** Leaves out tokens whose creators are gone, although their documents still exist. */
async function* alive(db: Database, page: readonly TokenDocument[]): AsyncGenerator<Entry> {
  const makers = [...new Set(page.flatMap((one) => readable(one, makersOf) ?? []))];
  const there = makers.length === 0 ? [] : await documentsOf(db, makers);
  const ids = new Set(there.map(({ _id }) => _id));
  for (const token of page) {
    if (readable(token, makersOf)?.every((maker) => ids.has(maker)) === false) continue;
    yield entryOf('token', token, (found) => ({ kind: 'token', record: tokenOf(found) }));
  }
}

const documentsOf = (db: Database, ids: readonly string[]) =>
  native<TokenDocument>(db, 'api_tokens')
    .find({ _id: { $in: [...ids] } }, { projection: { _id: 1 } })
    .toArray();

async function* tokens(db: Database): AsyncGenerator<Entry> {
  const collection = native<TokenDocument>(db, 'api_tokens');
  for await (const page of pagesOf(collection, { 'madeBy.0': { $exists: false } })) yield* alive(db, page);
  let last: Pick<ApiTokenRecord, 'createdAt' | 'id'> = { createdAt: Number.MIN_SAFE_INTEGER, id: '' };
  for (;;) {
    const { createdAt, id } = last;
    const later = [{ createdAt: { $gt: createdAt } }, { createdAt, _id: { $gt: id } }];
    const page = await collection
      .find({ 'madeBy.0': { $exists: true }, $or: later })
      .sort({ createdAt: 1, _id: 1 })
      .limit(transferBatch)
      .toArray();
    yield* alive(db, page);
    const end = page.at(-1);
    if (end === undefined || page.length < transferBatch) return;
    last = { createdAt: end.createdAt, id: end._id };
  }
}

async function* refreshTokens(db: Database): AsyncGenerator<Entry> {
  for await (const page of pagesOf(native<FamilyDocument>(db, 'refresh_families'), {})) {
    for (const found of page) {
      const family = readable(found, familyOf);
      if (family === undefined) yield { kind: 'refresh-token', unreadable: String(found._id) };
      const byHash = [...(family?.tokens ?? [])].sort((a, b) => (a.hash < b.hash ? -1 : 1));
      for (const record of byHash) yield { kind: 'refresh-token', record };
    }
  }
}

async function* spentRefreshTokens(db: Database): AsyncGenerator<Entry> {
  for await (const page of pagesOf(native<SpentDocument>(db, 'spent_refresh_tokens'), {})) {
    const living = await livingOf(
      db,
      page.map(({ _id }) => _id),
    );
    for (const token of page) {
      // Noted as spent but still live: the process ended between the two writes.
      if (living.has(token._id)) continue;
      yield entryOf('spent-refresh-token', token, (found) => ({ kind: 'spent-refresh-token', record: spentOf(found) }));
    }
  }
}

async function* audit(db: Database): AsyncGenerator<Entry> {
  for await (const page of pagesOf(native<AuditDocument>(db, 'audit'), {})) {
    for (const one of page) yield entryOf('audit', one, (found) => ({ kind: 'audit', record: recordOf(found) }));
  }
}

export async function* entriesIn(db: Database, collection: Users): AsyncGenerator<Entry> {
  yield* facts(db);
  yield* keys(db);
  yield* retiredNames(db);
  yield* users(db, collection);
  yield* tokens(db);
  yield* refreshTokens(db);
  yield* spentRefreshTokens(db);
  yield* audit(db);
}

export async function countIn(db: Database): Promise<Record<TransferKind, number>> {
  const count = (name: string, filter = {}) => native<Keyed>(db, name).countDocuments(filter);
  const found = await native<KeysDocument>(db, 'keys').findOne({ _id: 'signing' });
  return {
    fact: await count('facts'),
    key: listOf(found?.keys, (one) => one).length,
    'retired-name': await count('users', { retiredAt: { $exists: true } }),
    user: await count('users', { retiredAt: { $exists: false } }),
    token: await count('api_tokens'),
    'refresh-token': await count('refresh_families'),
    'spent-refresh-token': await count('spent_refresh_tokens'),
    audit: await count('audit'),
  };
}
