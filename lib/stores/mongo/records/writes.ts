import type { Model } from 'mongoose';
import { onlyOne, outdated, unlessDuplicate } from '../database.ts';
import { asItWas, type Update } from './documents.ts';
import { isLost } from './lost.ts';
import type { Stored } from './shape.ts';

export type Collection = Model<Stored>;

/**
 * Returns the document if the last write to it was the one with this mark. Itself a write, so that what it finds is
 * acknowledged by a majority.
 */
async function confirmed(model: Collection, { _id }: Stored, mark: string): Promise<Stored | null> {
  const change = { $set: { _mark: mark } };
  return model.findOneAndUpdate({ _id, _mark: mark }, change, { returnDocument: 'after' }).lean<Stored>();
}

/** After a lost answer: whether the write can be repeated, another one came before it, or neither is known. */
async function standing(model: Collection, before: Stored): Promise<'repeat' | 'outdated' | 'unknown'> {
  const now = await onlyOne<Stored>(model, { _id: before._id });
  if (now?._mark === before._mark) return 'repeat';
  return now?.version === before.version + 1 ? 'outdated' : 'unknown';
}

type Replaced = Stored | 'duplicate' | typeof outdated;

async function replacedAfterLoss(
  model: Collection,
  before: Stored,
  mark: string,
  repeat: () => Promise<Stored | 'duplicate' | null>,
): Promise<Replaced | undefined> {
  for (let looks = 0; looks < 2; looks += 1) {
    const ours = await confirmed(model, before, mark);
    if (ours !== null) return ours;
    const state = await standing(model, before);
    if (state === 'outdated') return outdated;
    const written = state === 'repeat' ? await repeat() : null;
    // Nothing matched: the first write was executed after we looked, or another one was.
    if (written !== null) return written;
  }
  return undefined;
}

/**
 * Changes a document if it is as it was read; else returns `outdated`. When the answer is lost, the mark tells whether the
 * write was executed. Rejects with the error of the network when that cannot be known.
 */
export async function replace(model: Collection, before: Stored, update: Update): Promise<Replaced> {
  const options = { returnDocument: 'after' } as const;
  const write = () =>
    unlessDuplicate(() => model.findOneAndUpdate(asItWas(before), { ...update }, options).lean<Stored>());
  try {
    return (await write()) ?? outdated;
  } catch (error) {
    if (!isLost(error)) throw error;
    const replaced = await replacedAfterLoss(model, before, String(update.$set._mark), write);
    if (replaced === undefined) throw error;
    return replaced;
  }
}

/**
 * Removes a document if it is as it was read; else returns `outdated`. A removed document has no mark: when the answer is
 * lost and the document is gone, it is not known who removed it, and this rejects with the error of the network.
 */
export async function remove(model: Collection, before: Stored): Promise<'removed' | typeof outdated> {
  const write = async () => (await model.deleteOne(asItWas(before))).deletedCount > 0;
  try {
    return (await write()) ? 'removed' : outdated;
  } catch (error) {
    if (!isLost(error)) throw error;
    const state = await standing(model, before);
    if (state === 'outdated') return outdated;
    if (state === 'repeat' && (await write())) return 'removed';
    throw error;
  }
}
