import type { InvalidationBus } from '../invalidation/bus.ts';
import { endSession } from '../services/ended-sessions.ts';
import { createSession } from '../services/new-session.ts';
import { sessionIsValid, standingOfSession } from '../services/standing.ts';
import type { RecordEvent } from '../services.ts';
import { touchInterval } from '../stores/records/last-use.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import type { Stores } from '../stores/stores.ts';
import type { SessionKeeping } from './held-sessions.ts';

/** The user of a session and how they signed in; set at sign-in only. A continued session keeps its times. */
export type Identity = Pick<SessionRecord, 'userId' | 'epoch' | 'method' | 'remember' | 'address' | 'agent'> &
  Partial<Pick<SessionRecord, 'createdAt' | 'expiresAt' | 'roleCeiling'>>;

export const visitor: Identity = Object.freeze({ userId: null, epoch: 0, method: 'visitor', remember: false });

type Dependencies = Readonly<{
  stores: Pick<Stores, 'sessions' | 'records'>;
  bus: InvalidationBus;
  record: RecordEvent;
  settings: Readonly<{ sessionIdle: number; sessionsPerUser: number; sessionLifetime: number }>;
  clock: () => number;
  /** The identity of a session that is about to be saved for the first time. */
  identityOf: (held: object) => Identity;
}>;

/** Browser sessions in the stores. */
export function sessionKeeping(dependencies: Dependencies): SessionKeeping {
  const { stores, bus, settings, clock, identityOf } = dependencies;
  const { sessionIdle: idle, sessionLifetime: lifetime } = settings;
  const interval = touchInterval(idle);

  async function isCurrent(record: SessionRecord): Promise<boolean> {
    if (record.userId === null) return true;
    return sessionIsValid(record, await standingOfSession(stores.records, record), clock());
  }

  return {
    clock,
    async load(id) {
      const record = await stores.sessions.find(id, clock());
      return record?.kind === 'browser' && (await isCurrent(record)) ? record : undefined;
    },
    async create(id, held, data) {
      const now = clock();
      const { createdAt, expiresAt = now + lifetime, ...identity } = identityOf(held);
      const record: SessionRecord = {
        id,
        kind: 'browser',
        ...identity,
        createdAt: createdAt ?? now,
        lastSeenAt: now,
        expiresAt,
        idleAt: Math.min(now + idle, expiresAt),
        data,
      };
      // A continued session takes the place of another one.
      const limit = createdAt === undefined ? settings : { ...settings, sessionsPerUser: Number.POSITIVE_INFINITY };
      return (await createSession({ ...dependencies, settings: limit }, record)) ? record : undefined;
    },
    saveData: (id, data) => stores.sessions.saveData(id, data),
    async touch(record) {
      const now = clock();
      if (now - record.lastSeenAt < interval) return;
      await stores.sessions.touch(record.id, now, Math.min(now + idle, record.expiresAt));
    },
    async end(id) {
      const session = await stores.sessions.find(id, clock());
      if (session === undefined) return false;
      await endSession({ stores, bus }, session);
      return true;
    },
  };
}
