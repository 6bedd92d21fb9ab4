import type { Log } from '../log.ts';
import type { AuditEntry, AuditLog, GateEvent, GateEventName, RecordEvent } from '../services.ts';
import type { AuditRecord, AuditStore } from '../stores/records/audit.ts';
import { pageSize } from '../stores/records/page.ts';
import { plainEvent, type RecordedEvent, recordIds, recordOf } from './entry.ts';
import { keptOf, quotas, shareOf } from './quotas.ts';
import { auditWriter } from './writer.ts';

type Listener = (event: RecordedEvent) => void;

/** `kept`: how many records of each event; `trimEvery`: after how many new ones of an event the oldest go. */
export type AuditLimits = Readonly<{
  kept: Readonly<Record<GateEventName, number>>;
  trimEvery: number;
  /** How many records may wait for the store. */
  waiting: number;
}>;

const defaults: AuditLimits = { kept: keptOf, trimEvery: 1000, waiting: 10_000 };

/** The audit log and the events of `gate.on`: two readers of the same thing. */
export interface Audit {
  /**
   * Writes an event to the log, hands it to its listeners and keeps it, unless its source has used up its quota. Never
   * rejects: what cannot be kept is logged.
   */
  readonly record: RecordEvent;
  readonly log: AuditLog;
  /** Calls back for each event of that name; returns an unsubscribe function. What a listener throws is logged. */
  on<Name extends GateEventName>(event: Name, listener: (event: GateEvent<Name>) => void): () => void;
}

function entryOf(record: AuditRecord): AuditEntry {
  const { id, at, event, actor, via, address, agent, subject, outcome, detail } = record;
  return Object.freeze({ id, at, event, actor, via, address, agent, subject, outcome, detail });
}

/** @param clock milliseconds since the epoch; for tests */
export function auditLog(
  store: AuditStore,
  log: Log,
  clock: () => number = Date.now,
  limits: Partial<AuditLimits> = {},
): Audit {
  const writer = auditWriter(store, log, { ...defaults, ...limits });
  const withinQuota = quotas();
  const nextId = recordIds();
  const listeners = new Map<GateEventName, Set<Listener>>();

  async function call(listener: Listener, event: RecordedEvent): Promise<void> {
    try {
      // A listener may be async all the same; its rejection must not become an unhandled one.
      await listener(event);
    } catch (error) {
      log.error({ err: error, event: event.event }, 'a listener failed');
    }
  }

  async function keep(event: RecordedEvent): Promise<void> {
    const { keep, leftOut } = withinQuota(event);
    if (!keep) return;
    const detail = leftOut === 0 ? event.detail : { ...event.detail, leftOut };
    await writer.append({ ...recordOf({ ...event, detail }, nextId(event.at)), share: shareOf(event) });
  }

  return {
    async record(given) {
      const event = plainEvent(given, clock());
      log.info(event, 'audit');
      for (const listener of listeners.get(event.event) ?? []) void call(listener, event);
      await keep(event);
    },
    log: {
      async list({ limit, cursor, event, actor } = {}) {
        const page = await store.list({
          limit: pageSize(limit),
          ...(cursor !== undefined && { after: cursor }),
          ...(event !== undefined && { event }),
          ...(actor !== undefined && { actor }),
        });
        return { ...page, items: page.items.map(entryOf) };
      },
    },
    on(event, listener) {
      const of = listeners.get(event) ?? new Set();
      listeners.set(event, of);
      // `record` takes events of their own name's type only, and calls nobody else.
      const heard = listener as Listener;
      of.add(heard);
      return () => void of.delete(heard);
    },
  };
}
