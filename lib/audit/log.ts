import type { Log } from '../log.ts';
import type { AuditEntry, AuditLog, AuditQuery, GateEvent, GateEventName, RecordEvent } from '../services.ts';
import type { AuditFilter, AuditRecord, AuditStore } from '../stores/audit.ts';
import { pageSize } from '../stores/records/page.ts';
import { idAt, plainEvent, type RecordedEvent, recordIds, recordOf } from './entry.ts';
import { keptOf, quotas, shareOf } from './quotas.ts';
import { auditWriter, type WriterLimits } from './writer.ts';

type Listener = (event: RecordedEvent) => void;

const defaults: WriterLimits = {
  kept: keptOf,
  trimEvery: 1000,
  waiting: 10_000,
  pause: { first: 250, longest: 30_000 },
};

/** Milliseconds within which `close` stores what is waiting. */
const closeDeadline = 2000;

/** The audit log and the events of `gate.on`. */
export interface Audit {
  /**
   * Logs an event, calls its listeners, and stores it unless its source has used up its quota. Never rejects: a record that
   * cannot be stored at once is stored later, and one that cannot be kept is logged whole.
   */
  readonly record: RecordEvent;
  readonly log: AuditLog;
  /** Calls `listener` for each event of that name; returns an unsubscribe function. An error of a listener is logged. */
  on<Name extends GateEventName>(event: Name, listener: (event: GateEvent<Name>) => void): () => void;
  /** Stores what is waiting, for two seconds at most; logs what is left. Call it before the store is closed. */
  close(): Promise<void>;
}

function entryOf(record: AuditRecord): AuditEntry {
  const { id, at, event, actor, via, address, agent, subject, outcome, detail } = record;
  return Object.freeze({ id, at, event, actor, via, address, agent, subject, outcome, detail });
}

/** Ids sort by time, so times become ids. */
function filterOf({ cursor, event, actor, subject, outcome, from, to }: AuditQuery): AuditFilter {
  const until = to === undefined ? undefined : idAt(to + 1);
  const after = cursor !== undefined && until !== undefined && until < cursor ? until : (cursor ?? until);
  return { event, actor, subject, outcome, since: from === undefined ? undefined : idAt(from), after };
}

/** @param clock milliseconds since the epoch; for tests */
export function auditLog(
  store: AuditStore,
  log: Log,
  clock: () => number = Date.now,
  limits: Partial<WriterLimits> = {},
): Audit {
  const writer = auditWriter(store, log, { ...defaults, ...limits });
  const withinQuota = quotas();
  const nextId = recordIds();
  const listeners = new Map<GateEventName, Set<Listener>>();

  async function call(listener: Listener, event: RecordedEvent): Promise<void> {
    try {
      // A listener may be async: its rejection must not become an unhandled one.
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
      async list(query = {}) {
        const page = await store.list({ ...filterOf(query), limit: pageSize(query.limit) });
        return { ...page, items: page.items.map(entryOf) };
      },
      async get(id) {
        // No id is the beginning of another.
        const { items } = await store.list({ since: id, after: `${id}0`, limit: 1 });
        const [found] = items;
        return found?.id === id ? entryOf(found) : undefined;
      },
    },
    on(event, listener) {
      const of = listeners.get(event) ?? new Set();
      listeners.set(event, of);
      // `record` calls a listener with events of its own name only.
      const untyped = listener as Listener;
      of.add(untyped);
      return () => void of.delete(untyped);
    },
    close: () => writer.close(closeDeadline),
  };
}
