import type { AnyKind, Identified, Kind } from '../../records/kind.ts';
import type { Added, RecordReader, Records } from '../../records/records.ts';
import { type Database, onlyOne } from '../database.ts';
import { changes } from './changes.ts';
import type { ServerClock } from './clock.ts';
import { documentOf, isStorable, recordOf } from './documents.ts';
import { insertAll } from './insert.ts';
import { count, list } from './list.ts';
import { collectionName, mongooseSchema, type Stored } from './shape.ts';
import type { Collection } from './writes.ts';

const addedAtOnce = 500;

/** Survives the end of the process, not a power cut, and waits for no other server. */
const light = { writeConcern: { w: 1, journal: false } } as const;

/** The collection of a kind; throws `TypeError` for a kind that the store was not opened with. */
export type CollectionOf = (kind: AnyKind) => Collection;

/** Makes the collections of the kinds. Throws `TypeError` for a kind that cannot be stored. */
export function recordCollections(db: Database, kinds: readonly AnyKind[]): CollectionOf {
  const collections = new Map<AnyKind, Collection>(
    kinds.map((kind) => [kind, db.collection(collectionName(kind), mongooseSchema(kind))]),
  );
  return (kind) => {
    const collection = collections.get(kind);
    if (collection === undefined) throw new TypeError(`the store was opened without the kind "${kind.name}"`);
    return collection;
  };
}

function readerOn(db: Database, collectionOf: CollectionOf): RecordReader {
  async function one<R extends Identified>(kind: Kind<R>, field: string, value: string) {
    const model = collectionOf(kind);
    if (!isStorable(value)) return undefined;
    const found = await onlyOne<Stored>(model, { [field]: value });
    return found === null ? undefined : recordOf(kind, found);
  }

  async function some<R extends Identified>(kind: Kind<R>, ids: readonly string[]) {
    const model = collectionOf(kind);
    const found = await model.find({ _id: { $in: ids.filter(isStorable) } }).lean<Stored[]>();
    const records = new Map(found.map((document) => [document._id, recordOf(kind, document)]));
    return ids.map((id) => records.get(id));
  }

  return {
    get: (kind, id) => db.answer(() => one(kind, '_id', id)),
    getMany: (kind, ids) => db.answer(() => some(kind, ids)),
    async byKey(kind, key, value) {
      if (!Object.hasOwn(kind.keys, key)) throw new TypeError(`the kind "${kind.name}" has no key "${key}"`);
      return db.answer(() => one(kind, `key_${key}`, value));
    },
    list: (kind, query, onUnreadable) => db.answer(async () => list(kind, collectionOf(kind), query, onUnreadable)),
    count: (kind, query) =>
      db.answer(async () => {
        const model = collectionOf(kind);
        return query === undefined ? model.estimatedDocumentCount() : count(kind, model, query);
      }),
  };
}

function adding(db: Database, collectionOf: CollectionOf): Pick<Records, 'add' | 'addMany'> {
  async function addSome<R extends Identified>(kind: Kind<R>, records: readonly R[]): Promise<Added<R>[]> {
    const documents = records.map((record) => documentOf(kind, record));
    const taken = await insertAll(kind, collectionOf(kind), documents);
    return documents.map((document) => {
      const key = taken.get(document);
      return key === undefined ? { kind: 'added', record: recordOf(kind, document) } : { kind: 'taken', key };
    });
  }

  async function addMany<R extends Identified>(kind: Kind<R>, records: readonly R[]): Promise<Added<R>[]> {
    const added: Added<R>[] = [];
    for (let at = 0; at < records.length; at += addedAtOnce) {
      added.push(...(await addSome(kind, records.slice(at, at + addedAtOnce))));
    }
    return added;
  }

  async function add<R extends Identified>(kind: Kind<R>, record: R): Promise<Added<R>> {
    const [added] = await addSome(kind, [record]);
    if (added === undefined) throw new TypeError('there is no record to add');
    return added;
  }

  return {
    add: (kind, record) => db.answer(() => add(kind, record)),
    addMany: (kind, records) => db.answer(() => addMany(kind, records)),
  };
}

function sweeping(
  db: Database,
  collectionOf: CollectionOf,
  clock: ServerClock,
): Pick<Records, 'note' | 'removeAll' | 'sweep'> {
  async function note<R extends Identified>(kind: Kind<R>, id: string, at: number): Promise<void> {
    if (kind.note === undefined) throw new TypeError(`the kind "${kind.name}" notes no last use`);
    await collectionOf(kind).updateOne({ _id: id }, { $max: { [kind.note]: at } }, light);
  }

  async function removeAll<R extends Identified>(kind: Kind<R>, owner: string, except: readonly string[]) {
    if (kind.owner === undefined) throw new TypeError(`the kind "${kind.name}" has no owner`);
    const others = except.length > 0 && { _id: { $nin: [...except] } };
    return (await collectionOf(kind).deleteMany({ _owner: owner, ...others })).deletedCount;
  }

  async function sweep<R extends Identified>(kind: Kind<R>, limit: number): Promise<number> {
    const model = collectionOf(kind);
    if (kind.expiry === undefined) return 0;
    const expired = { _expires: { $lte: clock.now() } };
    const found = await model.find(expired, { _id: 1 }).sort({ _expires: 1 }).limit(limit).lean<Stored[]>();
    if (found.length === 0) return 0;
    const ids = found.map(({ _id }) => _id);
    return (await model.deleteMany({ _id: { $in: ids }, ...expired }, light)).deletedCount;
  }

  return {
    note: (kind, id, at) => db.answer(() => note(kind, id, at)),
    removeAll: (kind, owner, except = []) => db.answer(() => removeAll(kind, owner, except)),
    sweep: (kind, limit) => db.answer(() => sweep(kind, limit)),
  };
}

/** The records in these collections. */
export function mongoRecords(db: Database, collectionOf: CollectionOf, clock: ServerClock): Records {
  const reader = readerOn(db, collectionOf);
  return {
    ...reader,
    ...adding(db, collectionOf),
    ...changes(db, collectionOf, () => clock.now()),
    ...sweeping(db, collectionOf, clock),
    now: () => clock.now(),
    snapshot: async () => ({ ...reader, consistent: false, close: async () => undefined }),
  };
}
