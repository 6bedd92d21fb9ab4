import { sha256 } from '../crypto/digest.ts';
import { type FieldProblem, ok, type Result, refused, StoreUnavailableError } from '../errors.ts';
import type { Caller, PasswordSignIn } from '../services.ts';
import type { UserRecord } from '../stores/records/users.ts';
import type { Actor } from '../types.ts';
import { type Attempt, attemptLimits } from './attempts.ts';
import { endCredentialsOf } from './end-all.ts';
import { typedKey } from './names.ts';
import { type AccountDependencies, doneBy } from './parts.ts';
import { passwordPolicy } from './password-policy.ts';

/** Who is meant to sign in, and what is known of them. */
type Claim = Readonly<{ user: UserRecord | undefined; typed: string; password: string; door: 'sign-in' | 'confirm' }>;

const notText = (fields: Readonly<Record<string, unknown>>): FieldProblem[] =>
  Object.entries(fields).flatMap(([field, value]) =>
    typeof value === 'string' ? [] : [{ field, message: 'must be a text' }],
  );

/** The one place that compares passwords; whatever is wrong costs one comparison, so that the clock tells nothing. */
export function passwordSignIn(dependencies: AccountDependencies): PasswordSignIn {
  const { stores, record, hasher, settings, clock } = dependencies;
  const attempts = attemptLimits(stores.attempts, settings);
  const problemOfPassword = passwordPolicy(settings.passwordMinLength);

  /** By name, else by address. */
  async function find(typed: string): Promise<UserRecord | undefined> {
    const key = typedKey(typed);
    if (key === undefined) return undefined;
    return (await stores.users.byName(key)) ?? (key.includes('@') ? stores.users.byEmail(key) : undefined);
  }

  /** A digest where there is no such user: what was typed may be anything, a password too. */
  const countedAs = ({ user, typed }: Claim) => user?.id ?? sha256(typedKey(typed) ?? typed);

  const failed = ({ user, typed, door }: Claim, caller: Caller, outcome: string) =>
    record({
      event: 'login.failed',
      actor: user?.username ?? typed,
      via: 'none',
      address: caller.address,
      agent: caller.agent,
      outcome,
      detail: { door },
    });

  async function compare(claim: Claim, attempt: Attempt) {
    try {
      return await hasher.verify(claim.password, claim.user?.passwordHash);
    } catch (error) {
      if (error instanceof StoreUnavailableError) await attempt.withdrawn();
      throw error;
    }
  }

  async function rehash(user: UserRecord, password: string): Promise<void> {
    if (user.passwordHash === undefined) return;
    try {
      await stores.users.rehash(user.id, user.passwordHash, await hasher.hash(password));
    } catch (error) {
      // A busy moment: the next sign-in does it.
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
  }

  /** The user of a right password, whatever their state. */
  async function proven(claim: Claim, caller: Caller): Promise<Result<UserRecord>> {
    const attempt = await attempts.begin(countedAs(claim), caller.address);
    if (!attempt.ok) {
      await failed(claim, caller, 'rate_limited');
      return attempt;
    }
    const { match, stale } = await compare(claim, attempt);
    if (!match || claim.user === undefined) {
      await failed(claim, caller, 'invalid_credentials');
      return refused('invalid_credentials');
    }
    await attempt.succeeded();
    if (stale) await rehash(claim.user, claim.password);
    return ok(claim.user);
  }

  /** Only the right password learns that the account may not be used. */
  async function admitted(claim: Claim, caller: Caller): Promise<Result<UserRecord>> {
    const known = await proven(claim, caller);
    if (!known.ok || known.value.state === 'active') return known;
    const code = known.value.state === 'pending' ? 'account_pending' : 'account_disabled';
    await failed(claim, caller, code);
    return refused(code);
  }

  async function verify(input: { username: unknown; password: unknown }, caller: Caller): Promise<Result<UserRecord>> {
    const { username, password } = input;
    if (typeof username !== 'string' || typeof password !== 'string') {
      return refused('validation_failed', { problems: notText({ username, password }) });
    }
    const claim: Claim = { user: await find(username), typed: username, password, door: 'sign-in' };
    const known = await admitted(claim, caller);
    if (!known.ok) return known;
    const now = clock();
    await attempts.remember(known.value.id, caller.address, now);
    await stores.users.signedIn(known.value.id, now);
    const { username: actor } = known.value;
    await record({ event: 'login.succeeded', actor, via: 'none', ...caller, outcome: 'ok' });
    return known;
  }

  async function confirm(userId: string, password: unknown, caller: Caller): Promise<Result<UserRecord>> {
    if (password === undefined || password === null || password === '') return refused('confirmation_required');
    if (typeof password !== 'string') {
      return refused('validation_failed', { problems: notText({ current_password: password }) });
    }
    const user = await stores.users.byId(userId);
    return admitted({ user, typed: userId, password, door: 'confirm' }, caller);
  }

  async function change(userId: string, password: string, by: Actor, keep?: string): Promise<Result<undefined>> {
    const user = await stores.users.byId(userId);
    if (user === undefined) return refused('not_found');
    const problem = problemOfPassword(password, user);
    if (problem !== undefined)
      return refused('validation_failed', { problems: [{ field: 'new_password', message: problem }] });
    const after = await stores.users.update(userId, { passwordHash: await hasher.hash(password) }, clock());
    if (typeof after === 'string') return refused('not_found');
    await endCredentialsOf(dependencies, after, keep);
    const subject = `user:${user.username}`;
    const detail = { action: 'edited', changed: 'password' };
    await record({ event: 'user.changed', ...doneBy(by), subject, outcome: 'ok', detail });
    return ok(undefined);
  }

  return { verify, confirm, change };
}
