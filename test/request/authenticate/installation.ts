import { localBus } from '../../../lib/invalidation/local.ts';
import { credentialCache } from '../../../lib/request/authenticate/cache.ts';
import { principals } from '../../../lib/request/authenticate/principal.ts';
import { ladder } from '../../../lib/request/authorize/roles.ts';
import { scopeTable } from '../../../lib/request/authorize/scopes.ts';
import type { ApiTokenRecord } from '../../../lib/stores/records/api-tokens.ts';
import type { UserRecord } from '../../../lib/stores/records/users.ts';
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
  const real = await openSqlite({ memory: true });
  const calls: string[] = [];
  const time = { now: Date.UTC(2026, 0, 1) };
  const clock = () => time.now;
  const bus = localBus();
  const roles = ladder('anony,viewer,user,operator,admin');
  const stores = {
    ...real,
    users: counted(real.users, calls),
    sessions: counted(real.sessions, calls),
    tokens: counted(real.tokens, calls),
  };
  return {
    stores,
    calls,
    time,
    clock,
    bus,
    roles,
    principals: principals(roles, scopeTable('deploy:write=operator', roles)),
    cache: credentialCache({ bus, clock }),
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
