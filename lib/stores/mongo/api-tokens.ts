import { Schema } from 'mongoose';
import type { ApiTokenRecord, ApiTokenStore } from '../records/api-tokens.ts';
import { type Database, documentOptions, outdated, unlessDuplicate, untilCurrent } from './database.ts';
import { listOf, number, numberOrNone, present, readable, text, textOrNone, UnreadableRecordError } from './fields.ts';

export type TokenDocument = Omit<ApiTokenRecord, 'id' | 'parentId'> & {
  _id: string;
  /** The chain of tokens that created it: the first one first, its parent last. */
  madeBy: readonly string[];
};

const schema = new Schema<TokenDocument>(
  {
    _id: { type: String, required: true },
    userId: { type: String, required: true },
    name: { type: String, required: true },
    hash: { type: String, required: true },
    epoch: { type: Number, required: true },
    role: { type: String },
    // No default, since a missing list of scopes and an empty one differ.
    scopes: { type: [String], default: undefined },
    madeBy: { type: [String], default: undefined },
    createdAt: { type: Number, required: true },
    lastUsedAt: { type: Number },
    expiresAt: { type: Number },
  },
  documentOptions,
);
schema.index({ userId: 1, name: 1 }, { name: 'by_name', unique: true });
schema.index({ hash: 1 }, { name: 'by_hash', unique: true });
schema.index({ madeBy: 1 }, { name: 'by_maker' });

export function documentOf(
  { id, parentId: _last, ...record }: ApiTokenRecord,
  madeBy: readonly string[],
): TokenDocument {
  return { _id: id, ...record, madeBy };
}

export const makersOf = (found: TokenDocument): string[] => listOf(found.madeBy, text);

function scopesOf(found: TokenDocument): readonly string[] | undefined {
  return found.scopes === undefined || found.scopes === null ? undefined : listOf(found.scopes, text);
}

export function tokenOf(found: TokenDocument, scopes = scopesOf(found)): ApiTokenRecord {
  return {
    id: text(found._id),
    userId: text(found.userId),
    name: text(found.name),
    hash: text(found.hash),
    epoch: number(found.epoch),
    role: textOrNone(found.role),
    scopes,
    parentId: makersOf(found).at(-1),
    createdAt: number(found.createdAt),
    lastUsedAt: numberOrNone(found.lastUsedAt),
    expiresAt: numberOrNone(found.expiresAt),
  };
}

/** For lists: a token with unreadable scopes is useless, but its owner must see it to remove it. */
function listed(found: TokenDocument): ApiTokenRecord | undefined {
  try {
    return tokenOf(found);
  } catch (error) {
    if (error instanceof UnreadableRecordError) return readable(found, (one) => tokenOf(one, []));
    throw error;
  }
}

/**
 * A token is valid only while its whole chain of creators exists. So removing one invalidates all that it created at once,
 * although their documents are deleted one after another and the process may end in between.
 */
export function apiTokenStore(db: Database): ApiTokenStore {
  const tokens = db.collection('api_tokens', schema);

  /** The tokens whose whole chain of creators exists. */
  async function alive(found: readonly TokenDocument[]): Promise<TokenDocument[]> {
    const makers = [...new Set(found.flatMap((one) => readable(one, makersOf) ?? []))];
    if (makers.length === 0) return [...found];
    const there = await tokens.find({ _id: { $in: makers } }, { _id: 1 }).lean();
    const ids = new Set(there.map(({ _id }) => _id));
    return found.filter((one) => readable(one, makersOf)?.every((maker) => ids.has(maker)));
  }

  const isAlive = async (found: TokenDocument): Promise<boolean> => (await alive([found])).length > 0;

  async function byHash(hash: string): Promise<ApiTokenRecord | undefined> {
    const found = await tokens.findOne({ hash }).lean();
    return found !== null && (await isAlive(found)) ? tokenOf(found) : undefined;
  }

  /** The chain of creators for a new token of `parentId`; `undefined` when that token is gone. */
  async function lineOf(parentId: string | undefined): Promise<string[] | undefined> {
    if (parentId === undefined) return [];
    const parent = await tokens.findOne({ _id: parentId }).lean();
    return parent !== null && (await isAlive(parent)) ? [...makersOf(parent), parentId] : undefined;
  }

  /** Whether the name is taken. A token that became invalid with its creator is deleted and frees it. */
  async function holds({ userId, name }: ApiTokenRecord): Promise<boolean> {
    const holder = await tokens.findOne({ userId, name }).lean();
    if (holder === null || (await isAlive(holder))) return holder !== null;
    await tokens.deleteOne({ _id: holder._id });
    return false;
  }

  async function tryCreate(token: ApiTokenRecord) {
    const madeBy = await lineOf(token.parentId);
    if (madeBy === undefined) return 'parent-gone';
    const document = documentOf(token, madeBy);
    const written = await unlessDuplicate(() => tokens.create([document]));
    if (written === 'duplicate') return (await holds(token)) ? 'name-taken' : outdated;
    // A creator that was removed just now may not have seen this token among those to delete.
    if (await isAlive(document)) return 'created';
    await tokens.deleteOne({ _id: token.id });
    return 'parent-gone';
  }

  /** Deletes all tokens that these created, directly or not; returns their ids. */
  async function removeMadeBy(makers: readonly string[]): Promise<string[]> {
    const made = await tokens.find({ madeBy: { $in: makers } }, { _id: 1 }).lean();
    const ids = made.map(({ _id }) => _id);
    if (ids.length > 0) await tokens.deleteMany({ _id: { $in: ids } });
    return ids;
  }

  /**
   * Created tokens are deleted first, so that after an outage a retry still finds the others; and again at the end, for those
   * created meanwhile.
   */
  async function removeThese(ids: readonly string[]): Promise<readonly string[]> {
    if (ids.length === 0) return [];
    const made = await removeMadeBy(ids);
    await tokens.deleteMany({ _id: { $in: ids } });
    return [...new Set([...ids, ...made, ...(await removeMadeBy(ids))])];
  }

  async function idsOf(filter: { userId: string; name?: string }): Promise<string[]> {
    return (await tokens.find(filter, { _id: 1 }).lean()).map(({ _id }) => _id);
  }

  async function list(userId: string): Promise<readonly ApiTokenRecord[]> {
    const found = await tokens.find({ userId }).sort({ name: 1 }).lean();
    return present((await alive(found)).map(listed));
  }

  async function touch(id: string, at: number): Promise<void> {
    await tokens.updateOne({ _id: id }, { $max: { lastUsedAt: at } });
  }

  return {
    create: (token) => db.answer(() => untilCurrent(() => tryCreate(token))),
    byHash: (hash) => db.answer(() => byHash(hash)),
    listOf: (userId) => db.answer(() => list(userId)),
    remove: (userId, name) => db.answer(async () => removeThese(await idsOf({ userId, name }))),
    removeAllOf: (userId) => db.answer(async () => removeThese(await idsOf({ userId }))),
    touch: (id, at) => db.answer(() => touch(id, at)),
  };
}
