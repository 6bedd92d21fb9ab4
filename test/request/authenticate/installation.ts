import { localBus } from '../../../lib/invalidation/local.ts';
import { credentialCache } from '../../../lib/request/authenticate/cache.ts';
import { principals } from '../../../lib/request/authenticate/principal.ts';
import { ladder } from '../../../lib/request/authorize/roles.ts';
import { scopeTable } from '../../../lib/request/authorize/scopes.ts';
import { type ApiTokenRecord, apiTokenKind } from '../../../lib/stores/records/kinds/api-token.ts';
import { endedSessionKind } from '../../../lib/stores/records/kinds/ended-session.ts';
import { type UserRecord, userKind } from '../../../lib/stores/records/kinds/user.ts';
import type { SessionRecord } from '../../../lib/stores/sessions.ts';
import { openSqlite } from '../../../lib/stores/sqlite/index.ts';

/** Counts the calls of each verb of a store, and lets them through. */
function counted<T extends object>(store: T, calls: string[]): T {
  const verbs = Object.entries(store).map(([verb, call]) => [
    verb,
    (...given: unknown[]) => {
      calls.push(verb);
      return Reflect.apply(call, store, given);
    },
  ]);
  return Object.fromEntries(verbs);
}

/** The parts that authenticators work with, over a real store in memory, with a clock that tests move. */
export async function installation() {
  const time = { now: Date.UTC(2026, 0, 1) };
  const clock = () => time.now;
  const real = await openSqlite({ memory: true, now: clock });
  const calls: string[] = [];
  const bus = localBus();
  const roles = ladder('anony,viewer,user,operator,admin');
  const { records } = real;
  return {
    records: counted(records, calls),
    sessions: counted(real.sessions, calls),
    calls,
    time,
    clock,
    bus,
    principals: principals(roles, scopeTable('deploy:write=operator', roles)),
    cache: credentialCache({ bus, clocks: { monotonic: clock, wall: clock } }),
    add: (user: UserRecord) => records.add(userKind, user),
    addToken: (token: ApiTokenRecord) => records.add(apiTokenKind, token),
    /** Changes a user and tells of it, as the services do. */
    async change(change: Partial<UserRecord>, id = 'u_ada') {
      const done = await records.change(userKind, id, (user) =>
        user === undefined
          ? { kind: 'keep', answer: undefined }
          : { kind: 'put', record: { ...user, ...change }, answer: undefined },
      );
      if (done.kind === 'done') await bus.publish({ kind: 'user', id, version: done.record?.version ?? 0 });
    },
    async changeToken(change: Partial<ApiTokenRecord>, id = 't_1') {
      const done = await records.change(apiTokenKind, id, (token) =>
        token === undefined
          ? { kind: 'keep', answer: undefined }
          : { kind: 'put', record: { ...token, ...change }, answer: undefined },
      );
      if (done.kind === 'done') await bus.publish({ kind: 'token', id, version: done.record?.version ?? 0 });
    },
    /** Notes that a session was ended before its time; the session store still has it. */
    async noteEnded(id: string) {
      await records.add(endedSessionKind, { id, userId: 'u_ada', endedAt: time.now, until: time.now + 3_600_000 });
      await bus.publish({ kind: 'session', id, version: 1 });
    },
    close: () => real.close(),
  };
}

export const ada = (more: Partial<UserRecord> = {}): UserRecord => ({
  id: 'u_ada',
  username: 'Ada',
  nameKey: 'ada',
  role: 'operator',
  state: 'active',
  emailConfirmed: false,
  epoch: 1,
  tokenEpoch: 1,
  rights: 1,
  createdAt: 0,
  updatedAt: 0,
  ...more,
});

export const sessionOf = (id: string, now: number, more: Partial<SessionRecord> = {}): SessionRecord => ({
  id,
  userId: 'u_ada',
  epoch: 1,
  kind: 'browser',
  method: 'password',
  createdAt: now,
  lastSeenAt: now,
  expiresAt: now + 86_400_000,
  idleAt: now + 3_600_000,
  remember: true,
  data: '{}',
  ...more,
});

export const tokenOf = (hash: string, more: Partial<ApiTokenRecord> = {}): ApiTokenRecord => ({
  id: 't_1',
  userId: 'u_ada',
  name: 'ci',
  hash,
  epoch: 1,
  createdAt: 0,
  ...more,
});
