import mongoose, { type mongo } from 'mongoose';
import { type Database, isOnlyDuplicates } from './database.ts';

export type Native<D extends mongo.Document> = mongo.Collection<D>;

/** A collection of the driver, without mongoose: an import of many records is not validated a second time. */
export function native<D extends mongo.Document>(db: Database, name: string): Native<D> {
  const database = db.connection.db;
  if (database === undefined) throw new mongoose.MongooseError('the connection is closed');
  return database.collection<D>(`gatewarden_${name}`);
}

/** Writes in one unordered batch; returns the positions of those that failed as duplicates. */
export async function writeAll<D extends mongo.Document>(
  collection: Native<D>,
  writes: readonly mongo.AnyBulkWriteOperation<D>[],
): Promise<ReadonlySet<number>> {
  if (writes.length === 0) return new Set();
  try {
    await collection.bulkWrite(writes, { ordered: false, ignoreUndefined: true });
    return new Set();
  } catch (error) {
    if (!isOnlyDuplicates(error)) throw error;
    if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) return new Set(writes.keys());
    return new Set([error.writeErrors].flat().map(({ index }) => index));
  }
}
