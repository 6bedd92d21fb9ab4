import type { Log } from '../log.ts';
import type { GateEventName } from '../services.ts';
import type { AuditRecord, AuditStore } from '../stores/audit.ts';

type Limits = Readonly<{ kept: Readonly<Record<GateEventName, number>>; trimEvery: number }>;

/** Deletes the oldest records of an event after every `trimEvery` new ones. */
export function trimmer(store: Pick<AuditStore, 'trim'>, log: Log, { kept, trimEvery }: Limits) {
  const sinceTrim = new Map<GateEventName, number>();
  const isEventName = (event: string): event is GateEventName => Object.hasOwn(kept, event);

  return {
    /** Counts records that were stored. */
    count(records: readonly AuditRecord[]): void {
      for (const { event } of records) {
        if (isEventName(event)) sinceTrim.set(event, (sinceTrim.get(event) ?? 0) + 1);
      }
    },
    /** Never rejects: what could not be deleted is deleted the next time. */
    async run(): Promise<void> {
      try {
        for (const [event, stored] of sinceTrim) {
          if (stored < trimEvery) continue;
          await store.trim(event, kept[event]);
          sinceTrim.delete(event);
        }
      } catch (error) {
        log.warn({ err: error }, 'old audit records could not be deleted');
      }
    },
  };
}
