import type { InvalidationBus } from '../invalidation/bus.ts';
import { userKind } from '../stores/records/kinds/user.ts';
import type { Records } from '../stores/records/records.ts';
import type { SessionRecord, SessionStore } from '../stores/sessions.ts';
import { noteEnded, removeRefreshFamily, tellEnded } from './ended-sessions.ts';
import type { RecordEvent } from './events.ts';

export type NewSessionDependencies = Readonly<{
  stores: Readonly<{ records: Records; sessions: Pick<SessionStore, 'create'> }>;
  bus: InvalidationBus;
  record: RecordEvent;
  settings: Readonly<{ sessionsPerUser: number }>;
}>;

/** Writes down that the limit has ended a session, with the address and the agent of the one that was begun. */
async function recordEnd({ stores, record }: NewSessionDependencies, session: SessionRecord, ended: string) {
  const user = await stores.records.get(userKind, session.userId ?? '');
  const { address, agent } = session;
  await record({
    event: 'session.ended',
    ...{ actor: user?.username ?? '', via: 'none', address, agent },
    subject: `user:${user?.username ?? ''}`,
    outcome: 'ok',
    detail: { session: ended, reason: 'SESSIONS_PER_USER' },
  });
}

/**
 * Saves a new session; false when its id exists. When its user has more than `SESSIONS_PER_USER` then, the least recently used
 * ones are ended: noted, told and audited. The new session does not depend on the telling, which goes on in the background.
 */
export async function createSession(dependencies: NewSessionDependencies, session: SessionRecord): Promise<boolean> {
  const { stores, bus, settings } = dependencies;
  const { created, ended } = await stores.sessions.create(session, settings.sessionsPerUser);
  if (ended.length === 0) return created;
  const { records } = stores;
  await noteEnded(
    records,
    ended.map((one) => ({ ...one, userId: session.userId })),
    records.now(),
  );
  const ids = ended.map(({ id }) => id);
  await tellEnded(bus, ids).catch(() => undefined);
  for (const id of ids) await removeRefreshFamily(records, id);
  for (const id of ids) await recordEnd(dependencies, session, id);
  return created;
}
