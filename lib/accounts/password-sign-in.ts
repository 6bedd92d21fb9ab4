import { type ErrorCode, type FieldProblem, ok, type Result, refused, StoreUnavailableError } from '../errors.ts';
import { doneBy } from '../services/done-by.ts';
import { userWithId } from '../services/named-user.ts';
import { isOfEpoch } from '../services/standing.ts';
import type { Caller, NewPassword, PasswordSignIn, SignInDoor } from '../services.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { Actor, Via } from '../types.ts';
import { adminsIn } from './admins.ts';
import { followUp } from './after-change.ts';
import { type Attempt, attemptLimits, type Refused } from './attempts.ts';
import type { AccountDependencies } from './dependencies.ts';
import { typedKey } from './names.ts';
import { passwordPolicy } from './password-policy.ts';
import { unknownNames } from './unknown-name.ts';
import { edited } from './user-rules.ts';
import { type UserRule, userWriter } from './user-writer.ts';

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
  const { stores, record, hasher, settings, ladder } = dependencies;
  const { records } = stores;
  const writer = userWriter(records, adminsIn(records, ladder.rung('admin')));
  const unknownName = unknownNames(dependencies.keyring);
  const attempts = attemptLimits(stores.attempts, settings);
  const problemOfPassword = passwordPolicy(settings);

  /** Finds a user by name, else by e-mail address. */
  async function find(typed: string): Promise<UserRecord | undefined> {
    const key = typedKey(typed);
    if (key === undefined) return undefined;
    const named = await records.byKey(userKind, 'name', key);
    if (named !== undefined && named.state !== 'removed') return named;
    return key.includes('@') ? records.byKey(userKind, 'email', key) : undefined;
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

  /** Stores a new hash of the same password, unless the password was changed meanwhile. Raises nothing. */
  async function rehash({ id, passwordHash: from }: UserRecord, password: string): Promise<void> {
    try {
      const passwordHash = await hasher.hash(password);
      await records.change(userKind, id, (user) =>
        user !== undefined && user.passwordHash === from
          ? { kind: 'put', record: { ...user, passwordHash }, answer: undefined }
          : { kind: 'keep', answer: undefined },
      );
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
    const now = records.now();
    await attempts.remember(proof.value.id, caller.address, now);
    // Not awaited: a store that cannot write it delays nobody.
    records.note(userKind, proof.value.id, now).catch(() => undefined);
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
    const claim: Claim = { user: await userWithId(records, id), name, password, door: 'confirm' };
    const attempt = await attempts.confirm(id, sessionId ?? tokenId ?? `${via}:${address}`);
    const proof = requireActive(await verified(claim, attempt));
    if (proof.ok) return proof;
    await failed(claim, { address, agent }, proof.refusal.code, via);
    return proof.refusal.code === 'invalid_credentials' ? unconfirmed('is not right') : proof;
  }

  /** By the record as it is when it is written: a session that was ended meanwhile changes no password. */
  const passwordRule =
    (passwordHash: string, { keep, endTokens, epoch }: NewPassword): UserRule =>
    (user, now) => {
      if (user.state === 'removed') return refused('not_found');
      const isEnded = keep !== undefined && !isOfEpoch(keep, user);
      if (isEnded || (epoch ?? user.epoch) !== user.epoch) return refused('token_revoked');
      return ok(edited(user, { passwordHash, keep, endTokens }, now, () => false));
    };

  const recordChange = ({ username }: UserRecord, { endTokens }: NewPassword, by: Actor | undefined) =>
    record({
      event: 'user.changed',
      ...doneBy(by),
      subject: `user:${username}`,
      outcome: 'ok',
      detail: { action: 'edited', changed: 'password', ...(endTokens === true && { tokens: true }) },
    });

  async function change(userId: string, wish: NewPassword, by?: Actor): Promise<Result<undefined>> {
    const user = await userWithId(records, userId);
    if (user === undefined) return refused('not_found');
    const problem = problemOfPassword(wish.password, user);
    if (problem !== undefined)
      return refused('validation_failed', { problems: [{ field: 'new_password', message: problem }] });
    const written = await writer.write(userId, passwordRule(await hasher.hash(wish.password), wish));
    if (!written.ok) return written;
    try {
      await followUp(dependencies, written.value);
    } finally {
      await recordChange(user, wish, by);
    }
    return ok(undefined);
  }

  return { verify, confirm, change };
}
