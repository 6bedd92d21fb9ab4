import mongoose, { type Connection, type Model, type QueryFilter, type Schema } from 'mongoose';
import { StoreUnavailableError } from '../../errors.ts';
import { UnreadableRecordError } from './fields.ts';
import type { Indexed } from './indexes.ts';

/** One connection, with what all stores on it have in common. */
export interface Database {
  readonly connection: Connection;
  /** The collection `gatewarden_<name>`, and all that is known of it. */
  collection<D>(name: string, schema: Schema<D>): Model<D>;
  /** Every collection asked for so far. */
  readonly collections: readonly Indexed[];
  /** The promise that a verb gives: rejects with `StoreUnavailableError` for what the server did not do. */
  answer<T>(ask: () => Promise<T>): Promise<T>;
}

/** How every document is kept: what the schema does not know is not written, and nothing waits for a lost connection. */
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

/** What a socket says when it breaks under the driver, which lets some of it through as it is. */
export const saysBroken = (error: Error): boolean =>
  'code' in error && /^(E[A-Z]+|ERR_(STREAM|SOCKET)_\w+)$/.test(String(error.code));

export function isOutage(error: unknown): boolean {
  if (error instanceof UnreadableRecordError) return true;
  if (error instanceof mongoose.mongo.MongoError || error instanceof mongoose.MongooseError) return true;
  return error instanceof Error && saysBroken(error);
}

/** The code of a duplicate key; servers that stand on PostgreSQL say it in words when two writes meet. */
const saysDuplicate = (code: unknown, message: string | undefined): boolean =>
  code === 11000 || /violates (exclusion|unique) constraint/.test(message ?? '');

/** Whether the server refused a write since a unique index holds what it would write. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoServerError && saysDuplicate(error.code, error.message);
}

/** Whether all that was refused of several documents was there already, and the others are written. */
export function isOnlyDuplicates(error: unknown): boolean {
  if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) return isDuplicate(error);
  const refused = [error.writeErrors].flat();
  return (
    refused.every(({ code, errmsg }) => saysDuplicate(code, errmsg)) &&
    error.result.getWriteConcernError() === undefined
  );
}

/** What a write gave, or `duplicate`. Which of the indexes it was is for the caller to look up: not every server tells. */
export async function unlessDuplicate<T>(write: () => Promise<T>): Promise<T | 'duplicate'> {
  try {
    return await write();
  } catch (error) {
    if (isDuplicate(error)) return 'duplicate';
    throw error;
  }
}

/**
 * The document that a unique index leads to. Asked without a limit: of a collection that was filled a moment ago, servers
 * that stand on PostgreSQL take a limit of one as a reason to read it through instead.
 */
export async function onlyOne<D>(model: Model<D>, filter: QueryFilter<D>) {
  const [found] = await model.find(filter).lean<D[]>();
  return found ?? null;
}

/** Somebody else was quicker: read again. */
export const outdated = Symbol('outdated');

const mostTries = 500;

/** For a change that holds only if nobody was in between: whoever comes too late tries again, and one of them always wins. */
export async function untilCurrent<T>(attempt: () => Promise<T | typeof outdated>): Promise<T> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const outcome = await attempt();
    if (outcome !== outdated) return outcome;
  }
  throw new mongoose.MongooseError('a document was changed by others all the time');
}
