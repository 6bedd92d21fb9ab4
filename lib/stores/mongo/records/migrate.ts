import type { Model } from 'mongoose';
import type { AnyKind } from '../../records/kind.ts';
import { present, readable } from '../fields.ts';
import { asItWas, migrationOf } from './documents.ts';
import type { Stored } from './shape.ts';

const migratedAtOnce = 200;

/** The documents after this id that have an older version. */
const olderAfter = (kind: AnyKind, model: Model<Stored>, after: string) =>
  model
    .find({ _id: { $gt: after }, _schema: { $lt: kind.version } })
    .sort({ _id: 1 })
    .limit(migratedAtOnce)
    .lean<Stored[]>();

/** Migrates each document that is still as it was read; returns how many were tried. Records that cannot be read stay. */
async function migrateSome(kind: AnyKind, model: Model<Stored>, found: readonly Stored[]): Promise<number> {
  const writes = found.map((document) =>
    readable(document, (one) => ({ updateOne: { filter: asItWas(one), update: { ...migrationOf(kind, one) } } })),
  );
  const fitting = present(writes);
  if (fitting.length > 0) await model.bulkWrite(fitting, { ordered: false });
  return fitting.length;
}

async function walk(kind: AnyKind, model: Model<Stored>): Promise<number> {
  let [tried, after] = [0, ''];
  for (;;) {
    const found = await olderAfter(kind, model, after);
    const last = found.at(-1);
    if (last === undefined) return tried;
    tried += await migrateSome(kind, model, found);
    after = last._id;
  }
}

/**
 * Brings all records of a kind to its version, by compare-and-set. It may end anywhere, and run in several processes at once:
 * what has the version is not looked at again, and what changed meanwhile is tried again.
 */
export async function migrateRecords(kind: AnyKind, model: Model<Stored>): Promise<void> {
  for (let tried = 1; tried > 0; ) tried = await walk(kind, model);
}
