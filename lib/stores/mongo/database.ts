import mongoose, { type Connection, type Model, type QueryFilter, type Schema } from 'mongoose';
import { StoreUnavailableError } from '../../errors.ts';
import { UnreadableRecordError } from './fields.ts';
import type { Indexed } from './indexes.ts';

/** A connection, shared by all stores on it. */
export interface Database {
  readonly connection: Connection;
  /** The model of the collection `gatewarden_<name>`. */
  collection<D>(name: string, schema: Schema<D>): Model<D>;
  /** Every collection asked for so far. */
  readonly collections: readonly Indexed[];
  /** Runs a verb; rejects with `StoreUnavailableError` when the server did not answer or refused. */
  answer<T>(ask: () => Promise<T>): Promise<T>;
}

/** Options of every schema: unknown fields are an error, and nothing is queued while the connection is lost. */
export const documentOptions = {
  strict: 'throw',
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
  versionKey: false,
  minimize: false,
  id: false,
  _id: false,
} as const;

export function databaseOn(connection: Connection): Database {
  const known: Indexed[] = [];
  return {
    connection,
    collections: known,
    collection<D>(name: string, schema: Schema<D>) {
      const model = connection.model<D>(name, schema, `gatewarden_${name}`);
      known.push({ schema, collection: model.collection });
      return model;
    },
    async answer(ask) {
      try {
        return await ask();
      } catch (error) {
        throw isOutage(error) ? new StoreUnavailableError('mongodb', { cause: error }) : error;
      }
    },
  };
}

/** Whether it is an error of the socket: the driver passes some of them on unwrapped. */
export const saysBroken = (error: Error): boolean =>
  'code' in error && /^(E[A-Z]+|ERR_(STREAM|SOCKET)_\w+)$/.test(String(error.code));

export function isOutage(error: unknown): boolean {
  if (error instanceof UnreadableRecordError) return true;
  if (error instanceof mongoose.mongo.MongoError || error instanceof mongoose.MongooseError) return true;
  return error instanceof Error && saysBroken(error);
}

/**
 * The code of a duplicate key. Servers built on PostgreSQL report concurrent duplicates only in the message, or refuse one of
 * two writes that wait for each other: nothing is written then, and the look-up of the duplicate finds none.
 */
const saysDuplicate = (code: unknown, message: string | undefined): boolean =>
  code === 11000 || /violates (exclusion|unique) constraint|deadlock detected/.test(message ?? '');

/** Whether the server refused a write because of a unique index. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoServerError && saysDuplicate(error.code, error.message);
}

/** Whether a write of several documents failed only for those that exist, and the others are written. */
export function isOnlyDuplicates(error: unknown): boolean {
  if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) return isDuplicate(error);
  const refused = [error.writeErrors].flat();
  return (
    refused.every(({ code, errmsg }) => saysDuplicate(code, errmsg)) &&
    error.result.getWriteConcernError() === undefined
  );
}

/** Returns the result of a write, or `duplicate`. The caller finds out which index it was: not every server says so. */
export async function unlessDuplicate<T>(write: () => Promise<T>): Promise<T | 'duplicate'> {
  try {
    return await write();
  } catch (error) {
    if (isDuplicate(error)) return 'duplicate';
    throw error;
  }
}

/**
 * Finds a document by a unique index. No `limit`: with a limit of one, servers built on PostgreSQL scan a collection that was
 * filled a moment ago instead of using the index.
 */
export async function onlyOne<D>(model: Model<D>, filter: QueryFilter<D>) {
  const [found] = await model.find(filter).lean<D[]>();
  return found ?? null;
}

/** The document has changed since it was read: read again. */
export const outdated = Symbol('outdated');

const mostTries = 500;

/** Repeats a compare-and-set until it was not `outdated`. Of concurrent ones at least one succeeds each time. */
export async function untilCurrent<T>(attempt: () => Promise<T | typeof outdated>): Promise<T> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const outcome = await attempt();
    if (outcome !== outdated) return outcome;
  }
  throw new mongoose.MongooseError('a document was changed by others all the time');
}
