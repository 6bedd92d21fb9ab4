import { ok } from 'node:assert/strict';
import { type InvitationDependencies, invitationsService } from '../../lib/accounts/invitations.ts';
import { signUpService } from '../../lib/accounts/sign-up.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import type { NewInvitation } from '../../lib/services.ts';
import { invitationKind } from '../../lib/stores/records/kinds/invitation.ts';
import type { Records } from '../../lib/stores/records/records.ts';
import type { Actor } from '../../lib/types.ts';
import { openAccounts, password } from './open.ts';

type Opened = Awaited<ReturnType<typeof openAccounts>>;

export type SignUpOptions = Partial<{
  signup: 'closed' | 'invite' | 'open';
  newUserIsActive: boolean;
  defaultRole: string;
  superuser: string;
  autoLoginUser: string;
  reservedNames: string[];
  /** In place of those of the store in memory. */
  records: Records;
  adminIsNeeded: boolean;
  inherited: Awaited<ReturnType<InvitationDependencies['inheritedFrom']>>;
}>;

/** The services of sign-up and invitations over these parts. */
export function signUpOver(parts: Opened['parts'], options: SignUpOptions = {}) {
  const { records = parts.stores.records, adminIsNeeded = false, inherited, ...given } = options;
  const settings = { ...parts.settings, signup: 'invite' as const, newUserIsActive: false, ...given };
  const dependencies = { ...parts, stores: { ...parts.stores, records }, settings };
  return {
    invitations: invitationsService({
      ...dependencies,
      inheritedFrom: async () => inherited ?? { ok: true, value: {} },
    }),
    signUps: signUpService({ ...dependencies, adminIsNeeded: async () => adminIsNeeded }),
  };
}

/** A store in memory, with one user of each role: `the-ROLE`. */
export async function openSignUp(options: SignUpOptions = {}) {
  const opened = await openAccounts();
  for (const role of ['admin', 'operator', 'user'])
    ok((await opened.users.create({ username: `the-${role}`, role })).ok, role);
  opened.events.length = 0;
  opened.published.length = 0;
  const services = signUpOver(opened.parts, options);

  async function actor(role: string, username = `the-${role}`): Promise<Actor> {
    const user = await opened.record(username);
    ok(user);
    return {
      principal: { kind: 'user', id: user.id, name: username, role, scopes: [], via: 'session' },
      address: '192.0.2.9',
    };
  }

  async function invite(wish: NewInvitation = {}, role = 'admin'): Promise<string> {
    const made = await services.invitations.create(wish, await actor(role));
    ok(made.ok, JSON.stringify(made));
    return made.value.code;
  }

  async function idOf(code: string): Promise<string> {
    return (await opened.stores.records.byKey(invitationKind, 'hash', sha256(code)))?.id ?? '';
  }

  let serial = 0;
  /** Signs up from an address of its own. Returns how it ended: the state and role, or the refusal's code and fields. */
  async function signUp(input: Readonly<Record<string, unknown>> = {}, address = `198.51.100.${serial % 250}`) {
    serial += 1;
    const done = await services.signUps.signUp({ username: `new${serial}`, password, ...input }, { address });
    return outcomeOf(done);
  }

  return { ...opened, ...services, actor, invite, idOf, signUp };
}

export function outcomeOf(done: Awaited<ReturnType<ReturnType<typeof signUpService>['signUp']>>): string {
  if (done.ok) return `${done.value.state} ${done.value.role}`;
  const { code, problems = [] } = done.refusal;
  return [code, ...problems.map(({ field }) => field)].join(' ');
}
