import { Schema } from 'mongoose';
import type { RefreshTokenRecord, RefreshTokenStore } from '../records/refresh-tokens.ts';
import { type Database, documentOptions, outdated, unlessDuplicate, untilCurrent } from './database.ts';
import { fieldsOf, listOf, number, present, readable, text, textOrNone } from './fields.ts';

type LiveToken = Omit<RefreshTokenRecord, 'sessionId'>;
export type FamilyDocument = { _id: string; live: LiveToken[] };
export type SpentDocument = { _id: string; sessionId: string; usedAt: number; expiresAt: number };

const live = new Schema<LiveToken>(
  {
    hash: { type: String, required: true },
    userId: { type: String },
    clientId: { type: String },
    createdAt: { type: Number, required: true },
    expiresAt: { type: Number, required: true },
  },
  documentOptions,
);

const families = new Schema<FamilyDocument>({ _id: { type: String }, live: [live] }, documentOptions);
families.index({ 'live.hash': 1 }, { name: 'by_hash' });
families.index({ 'live.expiresAt': 1 }, { name: 'by_end' });

const spent = new Schema<SpentDocument>(
  {
    _id: { type: String, required: true },
    sessionId: { type: String },
    usedAt: { type: Number, required: true },
    expiresAt: { type: Number, required: true },
  },
  documentOptions,
);
spent.index({ sessionId: 1 }, { name: 'by_session' });
spent.index({ expiresAt: 1 }, { name: 'by_end' });

type Family = Readonly<{ sessionId: string; tokens: readonly RefreshTokenRecord[] }>;

export function familyOf(found: FamilyDocument): Family {
  const sessionId = text(found._id);
  const tokens = listOf(found.live, (element): RefreshTokenRecord => {
    const { hash, userId, clientId, createdAt, expiresAt } = fieldsOf(element);
    return {
      hash: text(hash),
      sessionId,
      userId: text(userId),
      clientId: textOrNone(clientId),
      createdAt: number(createdAt),
      expiresAt: number(expiresAt),
    };
  });
  return { sessionId, tokens };
}

type Rotation = Awaited<ReturnType<RefreshTokenStore['rotate']>>;

/**
 * The live tokens of a sign-in are one document, so that rotating is one atomic write, and ending them all is another. Spent
 * tokens are in a collection of their own, only to detect theft: a live token is never treated as spent.
 */
export function refreshTokenStore(db: Database): RefreshTokenStore {
  const living = db.collection('refresh_families', families);
  const used = db.collection('spent_refresh_tokens', spent);

  async function lookUp(hash: string): Promise<RefreshTokenRecord | undefined> {
    const found = await living.findOne({ 'live.hash': hash }).lean();
    return found === null ? undefined : familyOf(found).tokens.find((token) => token.hash === hash);
  }

  async function find(hash: string, now: number): Promise<RefreshTokenRecord | undefined> {
    const token = await lookUp(hash);
    return token !== undefined && token.expiresAt > now ? token : undefined;
  }

  async function create({ sessionId, ...token }: RefreshTokenRecord): Promise<void> {
    await untilCurrent(async () => {
      const add = () => living.updateOne({ _id: sessionId }, { $push: { live: token } }, { upsert: true });
      return (await unlessDuplicate(add)) === 'duplicate' ? outdated : undefined;
    });
  }

  async function noteSpent({ hash, sessionId, expiresAt }: RefreshTokenRecord, usedAt: number): Promise<void> {
    const note = () => used.updateOne({ _id: hash }, { $set: { sessionId, usedAt, expiresAt } }, { upsert: true });
    // A duplicate: a concurrent request spends the same token. The write to the family decides which one succeeds.
    await unlessDuplicate(note);
  }

  async function notLive(hash: string, now: number): Promise<Rotation> {
    const found = await used.findOne({ _id: hash, expiresAt: { $gt: now } }).lean();
    if (found === null) return { kind: 'not-found' };
    return { kind: 'reused', sessionId: text(found.sessionId), usedAt: number(found.usedAt) };
  }

  async function rotate(hash: string, next: RefreshTokenRecord, now: number): Promise<Rotation> {
    const token = await lookUp(hash);
    if (token === undefined) return notLive(hash, now);
    if (token.expiresAt <= now) return { kind: 'not-found' };
    await noteSpent(token, now);
    const { sessionId: _same, ...replacement } = next;
    const written = await living.updateOne(
      { _id: token.sessionId, 'live.hash': hash },
      { $set: { 'live.$': replacement } },
    );
    return written.matchedCount > 0 ? { kind: 'rotated' } : notLive(hash, now);
  }

  async function endFamily(sessionId: string): Promise<void> {
    await living.deleteOne({ _id: sessionId });
    await used.deleteMany({ sessionId });
  }

  async function sweepSpent(now: number, limit: number): Promise<number> {
    const over = await used
      .find({ expiresAt: { $lte: now } }, { _id: 1 })
      .sort({ expiresAt: 1 })
      .limit(limit)
      .lean();
    if (over.length === 0) return 0;
    return (await used.deleteMany({ _id: { $in: over.map(({ _id }) => _id) } })).deletedCount;
  }

  async function sweepFamily(sessionId: string, hashes: readonly string[]): Promise<void> {
    await living.updateOne({ _id: sessionId }, { $pull: { live: { hash: { $in: hashes } } } });
    await living.deleteOne({ _id: sessionId, live: { $size: 0 } });
  }

  async function sweepLiving(now: number, limit: number): Promise<number> {
    const found =
      limit > 0
        ? await living
            .find({ 'live.expiresAt': { $lte: now } })
            .limit(limit)
            .lean()
        : [];
    let gone = 0;
    for (const { sessionId, tokens } of present(found.map((one) => readable(one, familyOf)))) {
      const over = tokens.filter(({ expiresAt }) => expiresAt <= now).slice(0, limit - gone);
      if (over.length > 0)
        await sweepFamily(
          sessionId,
          over.map(({ hash }) => hash),
        );
      gone += over.length;
    }
    return gone;
  }

  async function sweep(now: number, limit: number): Promise<number> {
    const spentOnes = await sweepSpent(now, limit);
    return spentOnes + (await sweepLiving(now, limit - spentOnes));
  }

  return {
    create: (token) => db.answer(() => create(token)),
    rotate: (hash, next, now) => db.answer(() => rotate(hash, next, now)),
    find: (hash, now) => db.answer(() => find(hash, now)),
    endFamily: (sessionId) => db.answer(() => endFamily(sessionId)),
    sweep: (now, limit) => db.answer(() => sweep(now, limit)),
  };
}
