import type { Connection, Model } from 'mongoose';

/** An index: its name, its fields with their directions, and its options. */
type Index = Readonly<{ name: string; key: Readonly<Record<string, number>>; unique: boolean; sparse: boolean }>;

/** A collection, and the schema that declares its indexes. */
export interface Indexed {
  readonly collection: Model<unknown>['collection'];
  readonly schema: { indexes(): [Record<string, unknown>, Record<string, unknown>][] };
}

/** Servers return the directions of a key as 1, 1.0 or a Long. */
function indexOf(key: object, { name, unique, sparse }: Record<string, unknown>): Index {
  const directions = Object.entries(key).map(([field, direction]) => [field, Number(direction)]);
  return {
    name: String(name),
    key: Object.fromEntries(directions),
    unique: unique === true,
    sparse: sparse === true,
  };
}

const textOf = ({ name, key, unique, sparse }: Index): string =>
  JSON.stringify([name, Object.entries(key), unique, sparse]);

async function ensure(connection: Connection, { schema, collection: { name } }: Indexed): Promise<void> {
  const wanted = schema.indexes().map(([key, options]) => indexOf(key, options));
  if (wanted.length === 0) return;
  const collection = connection.collection(name);
  // Existing indexes are left as they are; the first one creates the collection.
  await collection.createIndexes(
    wanted.map(({ unique, sparse, ...index }) => ({ ...index, ...(unique && { unique }), ...(sparse && { sparse }) })),
  );
  const there = (await collection.indexes()).map(({ key, ...options }) => textOf(indexOf(key, options)));
  const missing = wanted.find((index) => !there.includes(textOf(index)));
  if (missing !== undefined) throw new Error(`the index ${missing.name} of ${name} is not there`);
}

/**
 * Creates missing indexes, then checks that all exist: without them nothing is unique. The server builds an index while
 * others read and write, and answers when it is complete: in large collections after minutes.
 */
export async function ensureIndexes(connection: Connection, models: readonly Indexed[]): Promise<void> {
  for (const model of models) await ensure(connection, model);
}
