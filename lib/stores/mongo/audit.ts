import { Schema } from 'mongoose';
import type { AuditRecord, AuditStore } from '../audit.ts';
import { type Database, documentOptions, isOnlyDuplicates } from './database.ts';
import { number, pageLimit, pageOf, text, textOrNone } from './fields.ts';

export type AuditDocument = Omit<AuditRecord, 'id'> & { _id: string };

const trimmedAtOnce = 2_000;

const schema = new Schema<AuditDocument>(
  {
    _id: { type: String, required: true },
    at: { type: Number, required: true },
    // Not `required`: mongoose would refuse an empty string.
    event: { type: String },
    actor: { type: String },
    via: { type: String },
    address: { type: String },
    agent: { type: String },
    subject: { type: String },
    outcome: { type: String },
    detail: { type: Schema.Types.Mixed },
    share: { type: String },
  },
  documentOptions,
);
schema.index({ event: 1, _id: -1 }, { name: 'by_event' });
schema.index({ actor: 1, _id: -1 }, { name: 'by_actor' });
schema.index({ subject: 1, _id: -1 }, { name: 'by_subject' });
schema.index({ outcome: 1, _id: -1 }, { name: 'by_outcome' });
// For filters that are given together: else all records that have the one are read to find those that have the other, too.
schema.index({ event: 1, outcome: 1, _id: -1 }, { name: 'by_event_outcome' });
schema.index({ actor: 1, event: 1, _id: -1 }, { name: 'by_actor_event' });
schema.index({ event: 1, share: 1, _id: 1 }, { name: 'by_share' });

export function documentOf({ id, ...record }: AuditRecord): AuditDocument {
  return { _id: id, ...record };
}

function isDetail(value: unknown): value is NonNullable<AuditRecord['detail']> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => ['string', 'number', 'boolean'].includes(typeof one));
}

/** Returns `undefined` for damaged details, so that the rest of the record is shown. */
function detailOf(value: unknown): AuditRecord['detail'] {
  if (value === undefined || value === null) return undefined;
  return isDetail(value) ? value : { unreadable: true };
}

export function recordOf(found: AuditDocument): AuditRecord {
  return {
    id: text(found._id),
    at: number(found.at),
    event: text(found.event),
    actor: text(found.actor),
    via: text(found.via),
    address: textOrNone(found.address),
    agent: textOrNone(found.agent),
    subject: textOrNone(found.subject),
    outcome: text(found.outcome),
    detail: detailOf(found.detail),
    share: textOrNone(found.share),
  };
}

export function auditStore(db: Database): AuditStore {
  const audit = db.collection('audit', schema);

  async function append(records: readonly AuditRecord[]): Promise<void> {
    if (records.length === 0) return;
    try {
      await audit.insertMany(records.map(documentOf), { ordered: false, throwOnValidationError: true });
    } catch (error) {
      // Unordered: records that exist do not stop the others.
      if (!isOnlyDuplicates(error)) throw error;
    }
  }

  async function list({ limit: asked, after, since, ...values }: Parameters<AuditStore['list']>[0]) {
    const limit = pageLimit(asked);
    const ids = { ...(since !== undefined && { $gte: since }), ...(after !== undefined && { $lt: after }) };
    const equal = Object.entries(values).filter(([, value]) => value !== undefined);
    const found = await audit
      .find({ ...Object.fromEntries(equal), ...(Object.keys(ids).length > 0 && { _id: ids }) })
      .sort({ _id: -1 })
      .limit(limit + 1)
      .lean();
    return pageOf(found, limit, ({ _id }) => _id, recordOf);
  }

  /** Deletes the oldest of those that match; returns how many. */
  async function removeOldest(
    filter: Readonly<{ event: string; share?: string | null }>,
    most: number,
  ): Promise<number> {
    const oldest = await audit.find(filter, { _id: 1 }).sort({ _id: 1 }).limit(most).lean();
    return (await audit.deleteMany({ _id: { $in: oldest.map(({ _id }) => _id) } })).deletedCount;
  }

  async function largestShareOf(event: string): Promise<{ share: string | null; n: number }> {
    const [largest] = await audit.aggregate<{ _id: string | null; n: number }>([
      { $match: { event } },
      { $group: { _id: '$share', n: { $sum: 1 } } },
      { $sort: { n: -1 } },
      { $limit: 1 },
    ]);
    return { share: largest?._id ?? null, n: largest?.n ?? 0 };
  }

  async function trimSome(event: string, keep: number): Promise<number> {
    const over = Math.min((await audit.countDocuments({ event })) - keep, trimmedAtOnce);
    if (over <= 0) return 0;
    const { share, n } = await largestShareOf(event);
    const beyond = n - Math.floor(keep / 10);
    return beyond > 0 ? removeOldest({ event, share }, Math.min(over, beyond)) : removeOldest({ event }, over);
  }

  async function trim(event: string, keep: number): Promise<number> {
    let gone = 0;
    for (;;) {
      const some = await trimSome(event, Math.max(0, keep));
      gone += some;
      if (some === 0) return gone;
    }
  }

  /** Ids sort by time: the oldest come first. */
  async function sweep(before: number, limit: number): Promise<number> {
    const oldest = await audit.find({}, { _id: 1, at: 1 }).sort({ _id: 1 }).limit(limit).lean();
    const aged = oldest.filter(({ at }) => at < before).map(({ _id }) => _id);
    return aged.length === 0 ? 0 : (await audit.deleteMany({ _id: { $in: aged } })).deletedCount;
  }

  return {
    append: (records) => db.answer(() => append(records)),
    list: (query) => db.answer(() => list(query)),
    trim: (event, keep) => db.answer(() => trim(event, keep)),
    sweep: (before, limit) => db.answer(() => sweep(before, limit)),
  };
}
