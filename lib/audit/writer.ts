import type { Log } from '../log.ts';
import type { GateEventName } from '../services.ts';
import type { AuditRecord, AuditStore } from '../stores/records/audit.ts';

export interface AuditWriter {
  /** Resolves once the record is in the store, or once it is known that it cannot be. Never rejects. */
  append(record: AuditRecord): Promise<void>;
}

/** Appends what comes together in one write, trims an event every `trimEvery` of its records, logs what could not be kept. */
export function auditWriter(
  store: AuditStore,
  log: Log,
  limits: { kept: Readonly<Record<GateEventName, number>>; trimEvery: number; waiting: number },
): AuditWriter {
  let waiting: AuditRecord[] = [];
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const sinceTrim = new Map<GateEventName, number>();

  /** The events that enough has been written of to look at how many there are. */
  function fullEvents(batch: readonly AuditRecord[]): GateEventName[] {
    for (const { event } of batch) {
      if (isEventName(event)) sinceTrim.set(event, (sinceTrim.get(event) ?? 0) + 1);
    }
    const full = [...sinceTrim.keys()].filter((event) => (sinceTrim.get(event) ?? 0) >= limits.trimEvery);
    for (const event of full) sinceTrim.delete(event);
    return full;
  }

  const isEventName = (event: string): event is GateEventName => Object.hasOwn(limits.kept, event);

  async function write(): Promise<void> {
    next = undefined;
    const batch = waiting;
    waiting = [];
    try {
      await store.append(batch);
      for (const event of fullEvents(batch)) await store.trim(event, limits.kept[event]);
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
