import { type ErrorCode, type FieldProblem, ok, type Result, refused, StoreUnavailableError } from '../errors.ts';
import { doneBy } from '../services/done-by.ts';
import type { Caller, KeptSession, PasswordSignIn, SignInDoor } from '../services.ts';
import type { UserRecord } from '../stores/records/users.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import type { Actor, Via } from '../types.ts';
import { type Attempt, attemptLimits, type Refused } from './attempts.ts';
import type { AccountDependencies } from './dependencies.ts';
import { endCredentialsOf } from './end-all.ts';
import { typedKey } from './names.ts';
import { passwordPolicy } from './password-policy.ts';
import { unknownNames } from './unknown-name.ts';

/** A name and password to verify, with the user of that name, if any. */
type Claim = Readonly<{ user: UserRecord | undefined; name: string; password: string; door: SignInDoor }>;

/** `retryAfter` in seconds when the hashing queue is full. */
const queueDrains = 2;

const notText = (fields: Readonly<Record<string, unknown>>): FieldProblem[] =>
  Object.entries(fields).flatMap(([field, value]) =>
    typeof value === 'string' ? [] : [{ field, message: 'must be a text' }],
  );

const unconfirmed = (message: string) =>
  refused('confirmation_required', { problems: [{ field: 'current_password', message }] });

/** Verifies passwords. Each failure takes one comparison, so that the time does not reveal whether a name exists. */
export function passwordSignIn(dependencies: AccountDependencies): PasswordSignIn {
  const { stores, record, hasher, settings, clock } = dependencies;
  const unknownName = unknownNames(dependencies.keyring);
  const attempts = attemptLimits(stores.attempts, settings);
  const problemOfPassword = passwordPolicy(settings);

  /** Finds a user by name, else by e-mail address. */
  async function find(typed: string): Promise<UserRecord | undefined> {
    const key = typedKey(typed);
    if (key === undefined) return undefined;
    return (await stores.users.byName(key)) ?? (key.includes('@') ? stores.users.byEmail(key) : undefined);
  }

  const failed = ({ name, door }: Claim, { address, agent }: Caller, outcome: ErrorCode, via: Via = 'none') =>
    record({ event: 'login.failed', actor: name, via, address, agent, outcome, detail: { door, method: 'password' } });

  /** Compares the password; undefined when the hashing queue is full. */
  async function compare(claim: Claim, attempt: Attempt) {
    try {
      return await hasher.verify(claim.password, claim.user?.passwordHash, { stranger: !attempt.known });
    } catch (error) {
      await attempt.withdrawn();
      if (error instanceof StoreUnavailableError) return undefined;
      throw error;
    }
  }

  async function rehash(user: UserRecord, password: string): Promise<void> {
    if (user.passwordHash === undefined) return;
    try {
      await stores.users.rehash(user.id, user.passwordHash, await hasher.hash(password));
    } catch (error) {
      // The hashing queue is full: the next sign-in stores the new hash.
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
  }

  /** The user of a right password, in any state. */
  async function verified(claim: Claim, attempt: Attempt | Refused): Promise<Result<UserRecord>> {
    if (!attempt.ok) return attempt;
    const compared = await compare(claim, attempt);
    if (compared === undefined) return refused('store_unavailable', { retryAfter: queueDrains });
    if (!compared.match || claim.user === undefined) {
      await attempt.failed();
      return refused('invalid_credentials');
    }
    await attempt.succeeded();
    if (compared.stale) await rehash(claim.user, claim.password);
    return ok(claim.user);
  }

  /** Only a right password reveals that the account is pending or disabled. */
  function requireActive(proof: Result<UserRecord>): Result<UserRecord> {
    if (!proof.ok || proof.value.state === 'active') return proof;
    return refused(proof.value.state === 'pending' ? 'account_pending' : 'account_disabled');
  }

  async function verify(
    { username, password }: { username: unknown; password: unknown },
    caller: Caller,
    door: SignInDoor = 'api',
  ): Promise<Result<UserRecord>> {
    if (typeof username !== 'string' || typeof password !== 'string') {
      return refused('validation_failed', { problems: notText({ username, password }) });
    }
    const user = await find(username);
    const claim: Claim = { user, name: user?.username ?? unknownName(username), password, door };
    const attempt = await attempts.signIn(user?.id ?? claim.name, caller.address);
    const proof = requireActive(await verified(claim, attempt));
    if (!proof.ok) {
      await failed(claim, caller, proof.refusal.code);
      return proof;
    }
    const now = clock();
    await attempts.remember(proof.value.id, caller.address, now);
    await stores.users.signedIn(proof.value.id, now);
    const { address, agent } = caller;
    const detail = { door, method: 'password' as const };
    await record({ event: 'login.succeeded', actor: claim.name, via: 'none', address, agent, outcome: 'ok', detail });
    return proof;
  }

  async function confirm({ principal, address = '', agent }: Actor, password: unknown): Promise<Result<UserRecord>> {
    if (password === undefined || password === null || password === '') return unconfirmed('is missing');
    if (typeof password !== 'string') {
      return refused('validation_failed', { problems: notText({ current_password: password }) });
    }
    const { id, name, via, sessionId, tokenId } = principal;
    const claim: Claim = { user: await stores.users.byId(id), name, password, door: 'confirm' };
    const attempt = await attempts.confirm(id, sessionId ?? tokenId ?? `${via}:${address}`);
    const proof = requireActive(await verified(claim, attempt));
    if (proof.ok) return proof;
    await failed(claim, { address, agent }, proof.refusal.code, via);
    return proof.refusal.code === 'invalid_credentials' ? unconfirmed('is not right') : proof;
  }

  async function change(
    userId: string,
    password: string,
    by?: Actor,
    keep?: KeptSession,
  ): Promise<Result<SessionRecord | undefined>> {
    const user = await stores.users.byId(userId);
    if (user === undefined) return refused('not_found');
    const problem = problemOfPassword(password, user);
    if (problem !== undefined)
      return refused('validation_failed', { problems: [{ field: 'new_password', message: problem }] });
    const after = await stores.users.update(userId, { passwordHash: await hasher.hash(password) }, clock());
    if (typeof after === 'string') return refused('not_found');
    const kept = await endCredentialsOf(dependencies, after, keep);
    const subject = `user:${user.username}`;
    const detail = { action: 'edited', changed: 'password' };
    await record({ event: 'user.changed', ...doneBy(by), subject, outcome: 'ok', detail });
    return ok(kept);
  }

  return { verify, confirm, change };
}
