import type { Log } from '../log.ts';
import type { AuditLog, GateEvent, GateEventName, RecordEvent } from '../services.ts';
import type { AuditStore } from '../stores/records/audit.ts';
import { pageSize } from '../stores/records/page.ts';
import { plainEvent, recordIds, recordOf } from './entry.ts';
import { floodGate } from './flood.ts';
import { auditWriter } from './writer.ts';

type Listener = (event: GateEvent) => void;

/** How much is kept. `keep` records in all; `floodPerMinute` of each kind of event that strangers can cause. */
export type AuditLimits = Readonly<{ keep: number; trimEvery: number; floodPerMinute: number; waiting: number }>;

const defaults: AuditLimits = { keep: 200_000, trimEvery: 1000, floodPerMinute: 300, waiting: 10_000 };

/** The audit log and the events of `gate.on`: two readers of the same thing. */
export interface Audit {
  /** Keeps an event and hands it to its listeners. Never rejects: what cannot be kept is logged. */
  readonly record: RecordEvent;
  readonly log: AuditLog;
  /** Calls back for each event of that name; gives the way to stop. What a listener throws is logged and goes no further. */
  on(event: GateEventName, listener: Listener): () => void;
}

/** @param clock milliseconds since the epoch; for tests */
export function auditLog(
  store: AuditStore,
  log: Log,
  clock: () => number = Date.now,
  limits: Partial<AuditLimits> = {},
): Audit {
  const { floodPerMinute, ...kept } = { ...defaults, ...limits };
  const writer = auditWriter(store, log, kept);
  const gate = floodGate(floodPerMinute);
  const nextId = recordIds();
  const listeners = new Map<GateEventName, Set<Listener>>();

  async function call(listener: Listener, event: GateEvent): Promise<void> {
    try {
      // A listener may be async all the same; its rejection must not become an unhandled one.
      await listener(event);
    } catch (error) {
      log.error({ err: error, event: event.event }, 'a listener failed');
    }
  }

  async function keep(event: GateEvent): Promise<void> {
    const { keep, leftOut } = gate(event);
    if (!keep) return;
    const detail = leftOut === 0 ? event.detail : { ...event.detail, leftOut };
    await writer.append(recordOf({ ...event, detail }, nextId(event.at)));
  }

  return {
    async record(given) {
      const event = plainEvent(given, clock());
      for (const listener of listeners.get(event.event) ?? []) void call(listener, event);
      await keep(event);
    },
    log: {
      list: ({ limit, cursor, event, actor } = {}) =>
        store.list({
          limit: pageSize(limit),
          ...(cursor !== undefined && { after: cursor }),
          ...(event !== undefined && { event }),
          ...(actor !== undefined && { actor }),
        }),
    },
    on(event, listener) {
      const of = listeners.get(event) ?? new Set();
      listeners.set(event, of);
      of.add(listener);
      return () => of.delete(listener);
    },
  };
}
