import type { AccountDependencies } from '../../lib/accounts/dependencies.ts';
import { passwordSignIn } from '../../lib/accounts/password-sign-in.ts';
import { usersService } from '../../lib/accounts/users.ts';
import { keyring } from '../../lib/crypto/keyring.ts';
import { passwordHasher } from '../../lib/crypto/password-hash.ts';
import type { Invalidation } from '../../lib/invalidation/bus.ts';
import { localBus } from '../../lib/invalidation/local.ts';
import { ladder } from '../../lib/request/authorize/roles.ts';
import type { NewEvent } from '../../lib/services.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import type { SessionRecord } from '../../lib/stores/sessions.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import type { Actor } from '../../lib/types.ts';

export const password = 'violet kettle 27 sails';
export const caller = { address: '192.0.2.1', agent: 'test' };

export const roles = ladder('anony,viewer,user,operator,admin');

/** A principal of this role, as the actor of a change. */
export const by = (role: string, via: Actor['principal']['via'] = 'session'): Actor => ({
  principal: { kind: 'user', id: `u_${role}`, name: `the-${role}`, role, scopes: [], via },
});

const settings = {
  defaultRole: 'user',
  reservedNames: [],
  passwordMinLength: 12,
  loginMaxFailures: 5,
  loginWindow: 900_000,
  loginMaxFailuresAddress: 100,
  loginMaxFailuresUser: 100,
};

/** The services of accounts on a store in memory, with cheap hashes. */
export async function openAccounts(more: Partial<typeof settings> = {}) {
  const time = { now: Date.now() };
  const stores = await openSqlite({ memory: true, now: () => time.now });
  const bus = localBus();
  const published: Invalidation[] = [];
  bus.subscribe((message) => published.push(message));
  const events: NewEvent[] = [];
  const hasher = passwordHasher({ cost: 4, queue: 1000 });
  const parts: AccountDependencies = {
    stores,
    bus,
    record: async (event) => void events.push(event),
    ladder: roles,
    hasher,
    keyring: keyring([Buffer.alloc(32, 'k').toString('base64url')]),
    settings: { ...settings, ...more },
    clock: () => time.now,
  };
  const record = async (username: string) => stores.records.byKey(userKind, 'name', username);
  return {
    parts,
    stores,
    record,
    time,
    published,
    events,
    hasher,
    users: usersService(parts),
    signIn: passwordSignIn(parts),
  };
}

/** A session of a user, kept in the store. */
export async function keepSession(
  stores: Awaited<ReturnType<typeof openAccounts>>['stores'],
  session: Pick<SessionRecord, 'id' | 'userId' | 'epoch'>,
): Promise<void> {
  const now = stores.records.now();
  await stores.sessions.create({
    kind: 'browser',
    method: 'password',
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + 3_600_000,
    idleAt: now + 3_600_000,
    remember: false,
    data: '{}',
    ...session,
  });
}
