import type { InvalidationBus } from '../invalidation/bus.ts';
import { touchInterval } from '../stores/records/last-use.ts';
import { endedEarly, sessionStands } from '../stores/records/standing.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import type { Stores } from '../stores/stores.ts';
import type { SessionKeeping } from './held-sessions.ts';

/** The user of a session and how they signed in; set at sign-in only. A continued session keeps its times. */
export type Identity = Pick<SessionRecord, 'userId' | 'epoch' | 'method' | 'remember' | 'address' | 'agent'> &
  Partial<Pick<SessionRecord, 'createdAt' | 'expiresAt' | 'roleCeiling'>>;

export const visitor: Identity = Object.freeze({ userId: null, epoch: 0, method: 'visitor', remember: false });

type Dependencies = Readonly<{
  stores: Pick<Stores, 'sessions' | 'users'>;
  bus: InvalidationBus;
  idle: number;
  lifetime: number;
  clock: () => number;
  /** The identity of a session that is about to be saved for the first time. */
  identityOf: (held: object) => Identity;
}>;

/** Browser sessions in the stores. `idle` and `lifetime` are in milliseconds. */
export function sessionKeeping(dependencies: Dependencies): SessionKeeping {
  const { stores, bus, idle, lifetime, clock, identityOf } = dependencies;
  const interval = touchInterval(idle);

  async function isCurrent(record: SessionRecord): Promise<boolean> {
    return record.userId === null || sessionStands(record, await stores.users.byId(record.userId));
  }

  /** Noted on the user's record first: the session store may restart with old data. */
  async function noteEnd(id: string): Promise<void> {
    const now = clock();
    const record = await stores.sessions.find(id, now);
    if (record?.userId) await stores.users.noteEnded(record.userId, [endedEarly(record, now)], now);
  }

  return {
    clock,
    async load(id) {
      const record = await stores.sessions.find(id, clock());
      return record?.kind === 'browser' && (await isCurrent(record)) ? record : undefined;
    },
    async create(id, held, data) {
      const now = clock();
      const { createdAt = now, expiresAt = now + lifetime, ...identity } = identityOf(held);
      const record: SessionRecord = {
        id,
        kind: 'browser',
        ...identity,
        createdAt,
        lastSeenAt: now,
        expiresAt,
        idleAt: Math.min(now + idle, expiresAt),
        data,
      };
      return (await stores.sessions.create(record)).created ? record : undefined;
    },
    saveData: (id, data) => stores.sessions.saveData(id, data),
    async touch(record) {
      const now = clock();
      if (now - record.lastSeenAt < interval) return;
      await stores.sessions.touch(record.id, now, Math.min(now + idle, record.expiresAt));
    },
    async end(id) {
      await noteEnd(id);
      const ended = await stores.sessions.end(id);
      if (ended) await bus.publish({ kind: 'session', id });
      return ended;
    },
  };
}
