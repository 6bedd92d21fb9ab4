import type { Model } from 'mongoose';
import type { AnyKind } from '../../records/kind.ts';
import { isOnlyDuplicates } from '../database.ts';
import { isLost } from './lost.ts';
import type { Stored } from './shape.ts';

const mostTries = 20;
const nobody: ReadonlySet<string> = new Set();

/** The unique fields of a kind by the names of its keys; `id` is one. */
const uniqueFields = (kind: AnyKind): [key: string, field: string][] => [
  ['id', '_id'],
  ...Object.keys(kind.keys).map((key): [string, string] => [key, `key_${key}`]),
];

async function holdersOf(model: Model<Stored>, field: string, documents: readonly Stored[]) {
  const values = documents.map((one) => one[field]).filter((value) => value !== undefined);
  if (values.length === 0) return [];
  return model.find({ [field]: { $in: values } }, { _id: 1, [field]: 1 }).lean<Stored[]>();
}

/**
 * For each document the first unique key that another stored record has, `undefined` where there is none. Looked up, since
 * not every server tells which index refused a write. Records with the ids in `except` do not count.
 */
export async function takenKeys(
  kind: AnyKind,
  model: Model<Stored>,
  documents: readonly Stored[],
  except = nobody,
): Promise<(string | undefined)[]> {
  const found = await Promise.all(
    uniqueFields(kind).map(async ([key, field]) => {
      const holders = (await holdersOf(model, field, documents)).filter(({ _id }) => !except.has(_id));
      return { key, field, values: new Set(holders.map((holder) => holder[field])) };
    }),
  );
  return documents.map((document) => found.find(({ field, values }) => values.has(document[field]))?.key);
}

/** A write that changes nothing, so that what it matches is acknowledged by a majority. */
async function confirm(model: Model<Stored>, documents: readonly Stored[]): Promise<void> {
  const [ids, marks] = [documents.map(({ _id }) => _id), documents.map(({ _mark }) => _mark)];
  await model.updateMany({ _id: { $in: ids }, _mark: { $in: marks } }, { $max: { version: 1 } });
}

/** Those of the documents that are not stored. The mark tells ours from another one with the same id. */
async function notStored(model: Model<Stored>, documents: readonly Stored[]): Promise<Stored[]> {
  const ids = documents.map(({ _id }) => _id);
  const there = await model.find({ _id: { $in: ids } }, { _mark: 1 }).lean<Stored[]>();
  const marks = new Set(there.map(({ _mark }) => _mark));
  return documents.filter(({ _mark }) => !marks.has(_mark));
}

type Taken = Map<Stored, string>;

/** Finds out what became of the documents after duplicates were refused or the answer was lost, and inserts what is left. */
async function settle(
  kind: AnyKind,
  model: Model<Stored>,
  documents: readonly Stored[],
  error: unknown,
  tries: number,
) {
  const lost = isLost(error);
  if (lost) await confirm(model, documents);
  const open = await notStored(model, documents);
  const keys = await takenKeys(kind, model, open);
  // Ours may have been added, and changed by others since.
  if (lost && keys.includes('id')) throw error;
  const taken: Taken = new Map();
  for (const [at, document] of open.entries()) {
    const key = keys[at];
    if (key !== undefined) taken.set(document, key);
    else for (const [one, its] of await insertAll(kind, model, [document], tries - 1)) taken.set(one, its);
  }
  return taken;
}

/**
 * Inserts documents, each for itself. Returns those that were refused, each with the key that another record has: `id`, or a
 * unique key of the kind.
 */
export async function insertAll(
  kind: AnyKind,
  model: Model<Stored>,
  documents: readonly Stored[],
  tries = mostTries,
): Promise<Taken> {
  if (documents.length === 0) return new Map();
  try {
    await model.insertMany([...documents], { ordered: false, lean: true });
    return new Map();
  } catch (error) {
    if (tries === 0 || !(isOnlyDuplicates(error) || isLost(error))) throw error;
    return settle(kind, model, documents, error, tries);
  }
}
