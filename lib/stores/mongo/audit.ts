import { Schema } from 'mongoose';
import type { AuditRecord, AuditStore } from '../records/audit.ts';
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
  },
  documentOptions,
);
schema.index({ event: 1, _id: -1 }, { name: 'by_event' });
schema.index({ actor: 1, _id: -1 }, { name: 'by_actor' });

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

  async function list({ limit: asked, after, event, actor }: Parameters<AuditStore['list']>[0]) {
    const limit = pageLimit(asked);
    const filter = {
      ...(event !== undefined && { event }),
      ...(actor !== undefined && { actor }),
      ...(after !== undefined && { _id: { $lt: after } }),
    };
    const found = await audit
      .find(filter)
      .sort({ _id: -1 })
      .limit(limit + 1)
      .lean();
    return pageOf(found, limit, ({ _id }) => _id, recordOf);
  }

  /** Deletes a batch of records up to `last`, oldest first; returns how many. */
  async function trimSome(last: string): Promise<number> {
    const oldest = await audit
      .find({ _id: { $lte: last } }, { _id: 1 })
      .sort({ _id: 1 })
      .limit(trimmedAtOnce)
      .lean();
    const newest = oldest.at(-1)?._id;
    if (newest === undefined) return 0;
    return (await audit.deleteMany({ _id: { $lte: newest } })).deletedCount;
  }

  async function trim(keep: number): Promise<number> {
    const newestToGo = await audit.findOne({}, { _id: 1 }).sort({ _id: -1 }).skip(Math.max(0, keep)).lean();
    if (newestToGo === null) return 0;
    let gone = 0;
    for (;;) {
      const some = await trimSome(newestToGo._id);
      gone += some;
      if (some < trimmedAtOnce) return gone;
    }
  }

  return {
    append: (records) => db.answer(() => append(records)),
    list: (query) => db.answer(() => list(query)),
    trim: (keep) => db.answer(() => trim(keep)),
  };
}
