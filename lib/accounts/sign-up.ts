import { type FieldProblem, ok, type Refusal, type Result, refused } from '../errors.ts';
import type { Caller, SignUp, SignUpInput, UserView } from '../services.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { Versioned } from '../stores/records/records.ts';
import { adminsIn } from './admins.ts';
import { attemptLimits } from './attempts.ts';
import type { AccountDependencies } from './dependencies.ts';
import { invitationUses, type Offer } from './invitation-uses.ts';
import { localUser } from './local-user.ts';
import { isReserved, nameKey, namePolicy, typedKey } from './names.ts';
import { addUser, newRecord } from './new-user.ts';
import { passwordPolicy } from './password-policy.ts';
import { userInput } from './user-input.ts';
import { userWriter } from './user-writer.ts';
import { viewOf } from './view.ts';

export type SignUpDependencies = AccountDependencies &
  Readonly<{
    settings: Readonly<{
      signup: 'closed' | 'invite' | 'open';
      newUserIsActive: boolean;
      superuser?: string | undefined;
      autoLoginUser?: string | undefined;
    }>;
    /** Whether there is no admin yet. */
    adminIsNeeded: () => Promise<boolean>;
  }>;

/** The input, after the check of its fields. */
type Wanted = Readonly<{
  username: string;
  password: string;
  email?: string | undefined;
  displayName?: string | undefined;
  invitation?: string | undefined;
}>;

/** What a new account gets. `offer`: by which invitation. */
type Grant = Readonly<{ role: string; active: boolean; offer?: Offer }>;

const invalid = (field: string, message: string) => refused('validation_failed', { problems: [{ field, message }] });

/** One answer for every reason, so that nothing can be learned about codes. */
const unusable = invalid('invitation', 'cannot be used: it is wrong, has expired, was withdrawn or was used before');
const missing = invalid('invitation', 'is missing: only people with an invitation may sign up');
const taken = (field: string) => refused('conflict', { problems: [{ field, message: 'is taken' }] });

const textOrNothing = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string';

function textProblems({ username, password, email, displayName, invitation }: SignUpInput): FieldProblem[] {
  const required = { username, password };
  const optional = { email, display_name: displayName, invitation };
  return [
    ...Object.entries(required).filter(([, value]) => typeof value !== 'string'),
    ...Object.entries(optional).filter(([, value]) => !textOrNothing(value)),
  ].map(([field]) => ({ field, message: 'must be a text' }));
}

/** Names of users who may not be there yet: whoever took one would get what is meant for them. */
const namedBySettings = ({ superuser, autoLoginUser }: SignUpDependencies['settings']): ReadonlySet<string> =>
  new Set([superuser, autoLoginUser, localUser].flatMap((name) => (name === undefined ? [] : nameKey(name))));

/** Makes the service that people sign themselves up with. It signs nobody in. */
export function signUpService(dependencies: SignUpDependencies): SignUp {
  const { stores, bus, record, ladder, hasher, settings, adminIsNeeded } = dependencies;
  const { records } = stores;
  const attempts = attemptLimits(stores.attempts, settings);
  const problemOfName = namePolicy(settings.reservedNames);
  const expected = namedBySettings(settings);
  const fields = userInput({ name: problemOfName, password: passwordPolicy(settings), ladder });
  const admins = adminsIn(records, ladder.rung('admin'));
  const writer = userWriter(records, admins);
  const uses = invitationUses({ records, bus, ladder });

  async function mode(): ReturnType<SignUp['mode']> {
    if (settings.signup === 'closed' || (await adminIsNeeded())) return 'closed';
    return settings.signup;
  }

  /** Services show it, and some are told it in place of the name. */
  function displayNameProblems({ displayName }: Wanted): FieldProblem[] {
    const shown = displayName === undefined ? undefined : typedKey(displayName);
    return shown !== undefined && problemOfName(shown, false) === isReserved
      ? [{ field: 'display_name', message: isReserved }]
      : [];
  }

  function checked(input: SignUpInput): Result<Wanted> {
    const wrong = textProblems(input);
    if (wrong.length > 0) return refused('validation_failed', { problems: wrong });
    const wanted = input as Wanted;
    const problems = [...fields.problemsOfNew(wanted, false), ...displayNameProblems(wanted)];
    return problems.length > 0 ? refused('validation_failed', { problems }) : ok(wanted);
  }

  async function failed({ address, agent }: Caller, refusal: Refusal): Promise<void> {
    const who = { actor: '', via: 'none', address, agent } as const;
    await record({ event: 'login.failed', ...who, outcome: refusal.code, detail: { door: 'sign-up' } });
  }

  /** A wrong code counts like a wrong password from the address. */
  async function offerOf(code: string, { address }: Caller): Promise<Result<Offer>> {
    const attempt = await attempts.invitation(address);
    if (!attempt.ok) return attempt;
    const offer = await uses.offerOf(code).catch(async (error: unknown) => {
      await attempt.withdrawn();
      throw error;
    });
    await (offer === undefined ? attempt.failed() : attempt.withdrawn());
    return offer === undefined ? unusable : ok(offer);
  }

  const grantOf = (offer: Offer): Grant => {
    const { role, byAdmin } = offer;
    return { role, active: byAdmin || settings.newUserIsActive, offer };
  };

  async function granted(invitation: string | undefined, caller: Caller): Promise<Result<Grant>> {
    if (invitation !== undefined) {
      const offer = await offerOf(invitation, caller);
      return offer.ok ? ok(grantOf(offer.value)) : offer;
    }
    if (settings.signup === 'invite') return missing;
    const limited = await attempts.signUp(caller.address);
    return limited ?? ok({ role: settings.defaultRole, active: settings.newUserIsActive });
  }

  /** Which field is another user's, or is to be. A name may be an address. */
  async function takenField({ username, email }: Wanted): Promise<string | undefined> {
    if (expected.has(nameKey(username))) return 'username';
    if (await records.byKey(userKind, 'name', nameKey(username))) return 'username';
    if (email === undefined) return undefined;
    const key = nameKey(email);
    const holder = (await records.byKey(userKind, 'email', key)) ?? (await records.byKey(userKind, 'name', key));
    return holder === undefined ? undefined : 'email';
  }

  /** Who has an invitation is limited here, in how many names and addresses they can ask for. */
  const conflict = async (field: string, { offer }: Grant, { address }: Caller): Promise<Result<never>> =>
    (offer && (await attempts.signUp(address))) ?? taken(field);

  async function recordFor(wanted: Wanted, { role, active }: Grant): Promise<UserRecord> {
    const { username, email, displayName } = wanted;
    const passwordHash = await hasher.hash(wanted.password, { stranger: true });
    const state = active ? 'active' : 'pending';
    return newRecord({ username, email, displayName, role, state, passwordHash }, records.now());
  }

  /** With an invitation by what it gives at this moment: hashing took a while. */
  async function add(wanted: Wanted, grant: Grant): Promise<Result<Versioned<UserRecord>>> {
    const user = await recordFor(wanted, grant);
    if (grant.offer === undefined || wanted.invitation === undefined) return addUser(records, user);
    const offer = await uses.offerOf(wanted.invitation);
    if (offer === undefined) return unusable;
    const { role, active } = grantOf(offer);
    const invited: UserRecord = { ...user, role, state: active ? 'active' : 'pending' };
    return (await uses.addInvited(offer.invitation, invited)) ?? unusable;
  }

  async function recordAdded(user: UserRecord, { offer }: Grant, { address, agent }: Caller): Promise<void> {
    const { username, role, state } = user;
    const who = { actor: username, via: 'none', address, agent, outcome: 'ok' } as const;
    const detail = { action: 'signed up', role, active: state === 'active' };
    await record({ event: 'user.changed', ...who, subject: `user:${username}`, detail });
    if (offer === undefined) return;
    const used = { action: 'used', user: username } as const;
    await record({ event: 'invitation.changed', ...who, subject: `invitation:${offer.invitation.id}`, detail: used });
  }

  async function made(wanted: Wanted, grant: Grant, caller: Caller): Promise<Result<UserView>> {
    const field = await takenField(wanted);
    if (field !== undefined) return conflict(field, grant, caller);
    const added = await add(wanted, grant);
    if (!added.ok) {
      const { code, problems } = added.refusal;
      return code === 'conflict' ? conflict(problems?.[0]?.field ?? 'username', grant, caller) : added;
    }
    const user = added.value;
    if (admins.isOne(user)) await writer.settle(user);
    // Nothing is ended, so the telling is not waited for.
    bus.publish({ kind: 'user', id: user.id, version: user.version }).catch(() => undefined);
    await recordAdded(user, grant, caller);
    return ok(viewOf(user));
  }

  async function signUp(input: SignUpInput, caller: Caller): Promise<Result<UserView>> {
    if ((await mode()) === 'closed') return refused('signup_closed');
    const wanted = checked(input);
    if (!wanted.ok) return wanted;
    const grant = await granted(wanted.value.invitation, caller);
    if (grant.ok) return made(wanted.value, grant.value, caller);
    await failed(caller, grant.refusal);
    return grant;
  }

  return { mode, signUp };
}
