import { randomBase62 } from '../crypto/random.ts';
import { type FieldProblem, ok, type Result, refused } from '../errors.ts';
import { doneBy } from '../services/done-by.ts';
import type { Caller, FirstAdmin } from '../services.ts';
import { factsIn } from '../stores/records/facts.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { Actor } from '../types.ts';
import { adminsIn } from './admins.ts';
import { attemptLimits } from './attempts.ts';
import type { AccountDependencies } from './dependencies.ts';
import { firstAdminClaims } from './first-admin-claim.ts';
import { namePolicy } from './names.ts';
import { addUser, newRecord } from './new-user.ts';
import { passwordPolicy } from './password-policy.ts';
import { setupTokens } from './setup-token.ts';
import { viewOf } from './view.ts';

const exists = refused('conflict', { detail: 'There is an administrator already.' });

type NewAdmin = Readonly<{ username: unknown; password: unknown }>;

/**
 * Creates the first admin. When several instances or ways (setup link, environment, command) try at once, one succeeds.
 * Setup tokens are computed from the secret key, the installation's id and the time, and are not stored. Finishes first what a
 * process that died has begun. `pause` waits that many milliseconds. Default: by a timer.
 */
export async function firstAdmin(
  dependencies: AccountDependencies,
  pause?: (ms: number) => Promise<unknown>,
): Promise<FirstAdmin> {
  const { stores, bus, record, ladder, hasher, settings, keyring } = dependencies;
  const { records } = stores;
  const attempts = attemptLimits(stores.attempts, settings);
  const problemOfName = namePolicy(settings.reservedNames);
  const problemOfPassword = passwordPolicy(settings);
  const installation = await factsIn(records).putIfAbsent('installation', randomBase62(20));
  const tokens = setupTokens(keyring.derive('setup'), installation);
  const admins = adminsIn(records, ladder.rung('admin'));
  const recordChange = (user: UserRecord, by: ReturnType<typeof doneBy>, action: string) =>
    record({
      event: 'user.changed',
      ...by,
      subject: `user:${user.username}`,
      outcome: 'ok',
      detail: { action, role: user.role },
    });

  const helped = (user: UserRecord) => recordChange(user, doneBy(undefined), 'created');
  const claims = firstAdminClaims(records, admins, helped, pause);
  await claims.recover();

  // The last admin is never removed, so the answer does not change back.
  let there = false;
  async function needed(): Promise<boolean> {
    there ||= await admins.any();
    return !there;
  }

  function problemsOf({ username, password }: NewAdmin): FieldProblem[] {
    const name = problemOfName(username, true);
    const secret = problemOfPassword(password, { username: String(username) });
    return [
      ...(name === undefined ? [] : [{ field: 'username', message: name }]),
      ...(secret === undefined ? [] : [{ field: 'password', message: secret }]),
    ];
  }

  async function recordFor(username: string, password: string): Promise<UserRecord> {
    const passwordHash = await hasher.hash(password);
    return newRecord({ username, role: ladder.rung('admin'), state: 'active', passwordHash }, records.now());
  }

  /** The claim comes first and membership last, so that whoever comes after a process that died can tell how far it came. */
  async function make(user: UserRecord): Promise<Result<UserRecord>> {
    if (!(await claims.claim(user.id))) return exists;
    const added = await addUser(records, user);
    if (!added.ok) {
      await admins.release(user.id);
      return added;
    }
    if ((await admins.finish(user.id)) !== 'lost') return ok(user);
    // The claim was taken over meanwhile.
    await records.change(userKind, user.id, () => ({ kind: 'remove', answer: undefined }));
    return make(user);
  }

  /** `conflict` when there is an admin, or when the name is taken. */
  async function insert(wanted: NewAdmin): Promise<Result<UserRecord>> {
    const problems = problemsOf(wanted);
    if (problems.length > 0) return refused('validation_failed', { problems });
    const made = await make(await recordFor(String(wanted.username), String(wanted.password)));
    // Nothing is ended, so the telling is not waited for.
    if (made.ok) bus.publish({ kind: 'user', id: made.value.id, version: 1 }).catch(() => undefined);
    return made;
  }

  /**
   * Compares before it counts: a MAC of 152 bits cannot be guessed, and wrong tokens must not block the right one. Wrong ones
   * are limited only for their cost.
   */
  async function checkToken(token: unknown, { address, agent }: Caller): Promise<Result<undefined>> {
    const verdict = tokens.check(token, records.now());
    if (verdict === 'good') return ok(undefined);
    const limited = verdict === 'wrong' ? await attempts.wrongSetupToken(address) : undefined;
    const refusal = limited ?? refused(verdict === 'expired' ? 'token_expired' : 'invalid_token');
    const outcome = refusal.refusal.code;
    await record({ event: 'login.failed', actor: '', via: 'none', address, agent, outcome, detail: { door: 'setup' } });
    return refusal;
  }

  async function setUp(input: NewAdmin & { token: unknown }, caller: Caller): Promise<Result<UserRecord>> {
    if (!(await needed())) return refused('not_found');
    const checked = await checkToken(input.token, caller);
    if (!checked.ok) return checked;
    const made = await insert(input);
    if (!made.ok) return (await needed()) ? made : refused('not_found');
    await attempts.remember(made.value.id, caller.address, records.now());
    await recordChange(
      made.value,
      { actor: made.value.username, via: 'none', address: caller.address, agent: caller.agent },
      'set up',
    );
    return made;
  }

  return {
    needed,
    setupToken: () => tokens.issue(records.now()),
    setUp,
    async create(username: string, password: string, by: Actor) {
      if (!(await needed())) return exists;
      const made = await insert({ username, password });
      if (!made.ok) return made;
      await recordChange(made.value, doneBy(by), 'created');
      return ok(viewOf(made.value));
    },
  };
}
