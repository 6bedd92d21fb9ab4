import { randomBase62 } from '../crypto/random.ts';
import { type FieldProblem, ok, type Result, refused } from '../errors.ts';
import { doneBy } from '../services/done-by.ts';
import type { Caller, FirstAdmin } from '../services.ts';
import type { UserRecord } from '../stores/records/users.ts';
import type { Actor } from '../types.ts';
import { attemptLimits } from './attempts.ts';
import type { AccountDependencies } from './dependencies.ts';
import { nameKey, namePolicy } from './names.ts';
import { passwordPolicy } from './password-policy.ts';
import { setupTokens } from './setup-token.ts';
import { viewOf } from './view.ts';

type NewAdmin = Readonly<{ username: unknown; password: unknown }>;

/**
 * Creates the first admin. When several instances or ways (setup link, environment, command) try at once, one succeeds.
 * Setup tokens are computed from the secret key, the installation's id and the time, and are not stored.
 */
export async function firstAdmin(dependencies: AccountDependencies): Promise<FirstAdmin> {
  const { stores, bus, record, ladder, hasher, settings, clock, keyring } = dependencies;
  const attempts = attemptLimits(stores.attempts, settings);
  const problemOfName = namePolicy(settings.reservedNames);
  const problemOfPassword = passwordPolicy(settings);
  const installation = await stores.facts.putIfAbsent('installation', randomBase62(20));
  const tokens = setupTokens(keyring.derive('setup'), installation);

  // The stores never remove the last admin, so the answer does not change back.
  let there = false;
  async function needed(): Promise<boolean> {
    there ||= await stores.users.hasAdmin();
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
    const now = clock();
    return {
      id: `u_${randomBase62(20)}`,
      username,
      nameKey: nameKey(username),
      role: ladder.rung('admin'),
      state: 'active',
      emailConfirmed: false,
      passwordHash: await hasher.hash(password),
      epoch: 0,
      createdAt: now,
      updatedAt: now,
    };
  }

  /** `conflict` when there is an admin, or when the name is taken. */
  async function insert(wanted: NewAdmin): Promise<Result<UserRecord>> {
    const problems = problemsOf(wanted);
    if (problems.length > 0) return refused('validation_failed', { problems });
    const user = await recordFor(String(wanted.username), String(wanted.password));
    const outcome = await stores.users.insertFirstAdmin(user);
    if (outcome === 'name-taken') {
      return refused('conflict', { problems: [{ field: 'username', message: 'is taken' }] });
    }
    there = true;
    if (outcome === 'admin-exists') return refused('conflict', { detail: 'There is an administrator already.' });
    await bus.publish({ kind: 'user', id: user.id });
    return ok(user);
  }

  const recordChange = (user: UserRecord, by: ReturnType<typeof doneBy>, action: string) =>
    record({
      event: 'user.changed',
      ...by,
      subject: `user:${user.username}`,
      outcome: 'ok',
      detail: { action, role: user.role },
    });

  /**
   * Compares before it counts: a MAC of 152 bits cannot be guessed, and wrong tokens must not block the right one. Wrong ones
   * are limited only for their cost.
   */
  async function checkToken(token: unknown, { address, agent }: Caller): Promise<Result<undefined>> {
    const verdict = tokens.check(token, clock());
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
    if (!made.ok) return there ? refused('not_found') : made;
    await attempts.remember(made.value.id, caller.address, clock());
    await recordChange(
      made.value,
      { actor: made.value.username, via: 'none', address: caller.address, agent: caller.agent },
      'set up',
    );
    return made;
  }

  return {
    needed,
    setupToken: () => tokens.issue(clock()),
    setUp,
    async create(username: string, password: string, by: Actor) {
      if (!(await needed())) return refused('conflict', { detail: 'There is an administrator already.' });
      const made = await insert({ username, password });
      if (!made.ok) return made;
      await recordChange(made.value, doneBy(by), 'created');
      return ok(viewOf(made.value));
    },
  };
}
