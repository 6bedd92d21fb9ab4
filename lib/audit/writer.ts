import type { Log } from '../log.ts';
import type { AuditRecord, AuditStore } from '../stores/records/audit.ts';

export interface AuditWriter {
  /** Resolves once the record is in the store, or once it is known that it cannot be. Never rejects. */
  append(record: AuditRecord): Promise<void>;
}

/** Appends what comes together in one write, trims every `trimEvery` records, and logs what could not be kept. */
export function auditWriter(
  store: AuditStore,
  log: Log,
  limits: { keep: number; trimEvery: number; waiting: number },
): AuditWriter {
  let waiting: AuditRecord[] = [];
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  let sinceTrim = 0;

  async function write(): Promise<void> {
    next = undefined;
    const batch = waiting;
    waiting = [];
    try {
      await store.append(batch);
      sinceTrim += batch.length;
      if (sinceTrim < limits.trimEvery) return;
      sinceTrim = 0;
      await store.trim(limits.keep);
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
