import { sha256 } from './crypto/digest.ts';
import { keyring } from './crypto/keyring.ts';
import { passwordHasher } from './crypto/password-hash.ts';
import { randomBase62 } from './crypto/random.ts';
import { makeSecretKey } from './crypto/secret-key.ts';
import { type Gatewarden, type GatewardenOptions, published } from './gatewarden.ts';
import type { Log } from './log.ts';
import { userWithId } from './services/named-user.ts';
import type { UserView } from './services.ts';
import { signSessionId } from './session/signed-cookie.ts';
import { compose } from './start/compose.ts';
import { gateOver } from './start/gate.ts';
import { loadSettings } from './start/load-settings.ts';
import { ofOneProcess } from './stores/open.ts';
import { openSqlite } from './stores/sqlite/index.ts';
import type { Actor } from './types.ts';

/** A signed-in user, with a credential of each kind. */
export interface SignedIn {
  readonly user: UserView;
  /** The `Cookie` header of a browser's session. */
  readonly cookie: string;
  /** An API token. */
  readonly token: string;
  /** `{ authorization: 'Bearer gwt_…' }`, to spread into a request's headers. */
  readonly headers: Readonly<{ authorization: string }>;
}

/** A gate for tests, and a function that creates signed-in users. */
export interface TestGate {
  readonly gate: Gatewarden;
  /** Creates a user with this role, signed in by cookie and by token. Default of `name`: a random one. */
  signedInAs(role: string, name?: string): Promise<SignedIn>;
}

/** Options of `testGate`: those of `gatewarden()`, without stores. */
export type TestGateOptions = Omit<GatewardenOptions, 'stores'>;

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const program: Actor = {
  principal: { kind: 'user', id: '', name: 'test', role: 'admin', scopes: [], via: 'command' },
};

/** The password of users created by `signedInAs`; every password policy accepts it. */
export const testPassword = 'a lamp among quiet herons';

/**
 * Creates a gate for tests: a new in-memory store, fast password hashing, no environment variables, no setup link on
 * stderr. `options` are those of `gatewarden()`; without a `log` nothing is logged. Close it with `gate.close()`.
 */
export async function testGate({ log = silent, ...options }: TestGateOptions = {}): Promise<TestGate> {
  const secret = makeSecretKey();
  const resolved = loadSettings({ env: {}, given: { secretKey: [secret], ...options }, applies: 'middleware' });
  const { settings } = resolved;
  const stores = await openSqlite({ memory: true });
  const opened = ofOneProcess(stores);
  const internal = gateOver(await compose(resolved, { log, opened, hasher: passwordHasher({ cost: 4 }) }));
  const gate = published(internal);
  const [signingKey] = keyring(settings.secretKey ?? [secret]).derive('session-cookie');

  async function cookieOf(userId: string): Promise<string> {
    const id = randomBase62(40);
    const user = await userWithId(stores.records, userId);
    const now = Date.now();
    await stores.sessions.create({
      id: sha256(id),
      userId,
      epoch: user?.epoch ?? 0,
      kind: 'browser',
      method: 'password',
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now + settings.sessionLifetime,
      idleAt: now + settings.sessionIdle,
      remember: false,
      data: JSON.stringify({ cookie: { originalMaxAge: null, httpOnly: true, path: '/' } }),
    });
    const value = signSessionId(id, signingKey?.toString('base64url') ?? '');
    return `${internal.cookieNames[0]}=${encodeURIComponent(value)}`;
  }

  async function signedInAs(role: string, name = `${role}-${randomBase62(6)}`): Promise<SignedIn> {
    const made = await gate.users.create({ username: name, role, password: testPassword }, program);
    if (!made.ok)
      throw new TypeError(`no user "${name}" of role "${role}" can be made: ${JSON.stringify(made.refusal)}`);
    const token = await gate.tokens.create(made.value.username, { name: 'test' }, program);
    if (!token.ok) throw new TypeError(`no token can be made for "${name}": ${JSON.stringify(token.refusal)}`);
    return {
      user: made.value,
      cookie: await cookieOf(made.value.id),
      token: token.value.token,
      headers: { authorization: `Bearer ${token.value.token}` },
    };
  }

  return { gate, signedInAs };
}
