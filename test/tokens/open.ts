import { secretBox } from '../../lib/crypto/secret-box.ts';
import type { Result } from '../../lib/errors.ts';
import type { Invalidation } from '../../lib/invalidation/bus.ts';
import { localBus } from '../../lib/invalidation/local.ts';
import { ladder } from '../../lib/request/authorize/roles.ts';
import { scopeTable } from '../../lib/request/authorize/scopes.ts';
import { sessionIsValid, standingOfSession } from '../../lib/services/standing.ts';
import type { NewEvent } from '../../lib/services.ts';
import { type UserRecord, userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Records } from '../../lib/stores/records/records.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { accessTokens } from '../../lib/tokens/access-tokens.ts';
import { apiTokens } from '../../lib/tokens/api-tokens.ts';
import { clientsService } from '../../lib/tokens/clients.ts';
import type { Algorithm } from '../../lib/tokens/key.ts';
import { signingKeys } from '../../lib/tokens/keys.ts';
import type { Actor, Principal } from '../../lib/types.ts';

export const issuer = 'https://gate.example/_gatewarden';
export const caller = { address: '192.0.2.1', agent: 'test' };
export const hour = 3_600_000;
export const day = 24 * hour;

export const roles = ladder('anony,viewer,user,operator,admin');
export const scopes = scopeTable('deploy:write=operator,report:read', roles);

export const boxOf = (...letters: string[]) => secretBox(letters.map((letter) => Buffer.from(letter.repeat(32))));

const userNamed = (role: string): UserRecord => ({
  id: `u_${role}`,
  username: role,
  nameKey: role,
  role,
  state: 'active',
  emailConfirmed: false,
  epoch: 0,
  tokenEpoch: 0,
  rights: 0,
  createdAt: 1,
  updatedAt: 1,
});

/** A principal of a user named as its role, holding all that the role may hold. */
export const principal = (role: string, more: Partial<Principal> = {}): Principal => ({
  kind: 'user',
  id: `u_${role}`,
  name: role,
  role,
  scopes: scopes.heldBy(more.role ?? role),
  via: 'session',
  ...more,
});

export const by = (role: string, more: Partial<Principal> = {}): Actor => ({ principal: principal(role, more) });

/** The services of tokens on a store in memory, or on these records, with a user of each role, named as it. */
export async function openTokens(algorithm: Algorithm = 'EdDSA', durable?: Records) {
  const time = { now: Date.now() };
  const clock = () => time.now;
  const inMemory = await openSqlite({ memory: true, now: clock });
  const records = durable ?? inMemory.records;
  const stores = { ...inMemory, records };
  for (const role of roles.names.slice(1)) await records.add(userKind, userNamed(role));
  const bus = localBus();
  const published: Invalidation[] = [];
  bus.subscribe((message) => published.push(message));
  const events: NewEvent[] = [];
  const keys = signingKeys({ records, box: boxOf('a'), algorithm, clock });
  await keys.ready();
  const parts = {
    keys,
    issuer,
    stores,
    bus,
    record: async (event: NewEvent) => void events.push(event),
    ladder: roles,
    scopes,
    settings: {
      accessTokenLifetime: hour,
      refreshTokenLifetime: 30 * day,
      sessionLifetime: 30 * day,
      sessionsPerUser: 200,
      confirmWithin: hour / 4,
    },
    clock,
  };
  async function user(role: string) {
    const found = await records.get(userKind, `u_${role}`);
    if (!found) throw new Error(`there is no user ${role}`);
    return found;
  }
  const edit = (role: string, change: (user: UserRecord) => Partial<UserRecord>) =>
    records.change(userKind, `u_${role}`, (found) => {
      if (!found) throw new Error(`there is no user ${role}`);
      return { kind: 'put', record: { ...found, ...change(found) }, answer: undefined };
    });
  /** Whether the records permit the session. */
  async function isValid(sessionId: string): Promise<boolean> {
    const session = await stores.sessions.find(sessionId, time.now);
    return session !== undefined && sessionIsValid(session, await standingOfSession(records, session), time.now);
  }
  const access = accessTokens(parts);
  const tokens = apiTokens({ ...parts, inheritedFrom: access.inheritedFrom });
  const clients = clientsService({ ...parts, inheritedFrom: access.inheritedFrom });
  return { stores, records, published, events, time, keys, parts, user, edit, isValid, access, tokens, clients };
}

/** The value of a result; fails the test when it was refused. */
export function granted<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`);
  return result.value;
}

export const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.refusal.code);
