import type { Log } from '../log.ts';
import type { GateEventName } from '../services.ts';
import type { AuditRecord, AuditStore } from '../stores/records/audit.ts';

/** Writes audit records in batches. */
export interface AuditWriter {
  /** Resolves once the record is stored, or once storing it has failed. Never rejects. */
  append(record: AuditRecord): Promise<void>;
}

/**
 * Writes waiting records in one batch, trims an event after every `trimEvery` of its records, logs records that could not
 * be stored.
 */
export function auditWriter(
  store: AuditStore,
  log: Log,
  limits: { kept: Readonly<Record<GateEventName, number>>; trimEvery: number; waiting: number },
): AuditWriter {
  let waiting: AuditRecord[] = [];
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const sinceTrim = new Map<GateEventName, number>();

  /** The events to trim: those with `trimEvery` new records since the last time. */
  function eventsToTrim(batch: readonly AuditRecord[]): GateEventName[] {
    for (const { event } of batch) {
      if (isEventName(event)) sinceTrim.set(event, (sinceTrim.get(event) ?? 0) + 1);
    }
    const due = [...sinceTrim.keys()].filter((event) => (sinceTrim.get(event) ?? 0) >= limits.trimEvery);
    for (const event of due) sinceTrim.delete(event);
    return due;
  }

  const isEventName = (event: string): event is GateEventName => Object.hasOwn(limits.kept, event);

  async function write(): Promise<void> {
    next = undefined;
    const batch = waiting;
    waiting = [];
    try {
      await store.append(batch);
      for (const event of eventsToTrim(batch)) await store.trim(event, limits.kept[event]);
    } catch (error) {
      log.error({ err: error, events: batch.map((record) => record.event).slice(0, 10) }, 'audit records not kept');
    }
  }

  return {
    append(record) {
      if (waiting.length >= limits.waiting) {
        log.error({ event: record.event }, 'audit record not kept: too many are waiting for the store');
        return Promise.resolve();
      }
      waiting.push(record);
      next ??= last.then(write);
      last = next;
      return next;
    },
  };
}
