import { z } from 'zod';
import { accountPage, type PasswordForm, type ShownIdentity } from '../../../pages/account/overview.ts';
import type { RefusalText } from '../../../pages/refusal-text.ts';
import type { UserView } from '../../../services.ts';
import type { Rung } from '../../../types.ts';
import { html, seeOther } from '../../reply.ts';
import { type CallContext, route } from '../../route.ts';
import { field, page, redirect, viewerFrameOf } from '../page.ts';
import { noticeOf } from './notice.ts';
import { hasOwnPages, mayChange } from './rights.ts';

/** Notices after a redirect from the form of the password. */
const notices = {
  password: 'account.passwordChanged',
  'password-and-tokens': 'account.passwordAndTokensChanged',
} as const;

async function sessionOf({ core, principal }: CallContext) {
  const { records, sessions } = core.stores;
  return principal.sessionId === undefined ? undefined : sessions.find(principal.sessionId, records.now());
}

async function tokenNameOf({ core, principal }: CallContext): Promise<string | undefined> {
  if (principal.via !== 'api-token') return undefined;
  return (await core.tokens.list(principal.name)).items.find(({ id }) => id === principal.tokenId)?.name;
}

/** What only the account knows, and what its owner sees of it. */
const ownFacts = (user: UserView, role: string): Partial<ShownIdentity> => ({
  displayName: user.displayName,
  email: user.email,
  emailConfirmed: user.emailConfirmed,
  accountRole: user.role === role ? undefined : user.role,
  createdAt: user.createdAt,
});

const rungs = ['admin', 'operator', 'user', 'viewer'] as const;

function rungOf({ core, principal }: CallContext): Rung {
  return rungs.find((rung) => core.ladder.atLeast(principal.role, core.ladder.rung(rung))) ?? 'anony';
}

async function identityOf(call: CallContext, user: UserView | undefined): Promise<ShownIdentity> {
  const { name, role, scopes, via, expiresAt } = call.principal;
  const [session, token] = await Promise.all([sessionOf(call), tokenNameOf(call)]);
  return {
    ...{ name, role, rung: rungOf(call), scopes, by: { via, method: session?.method, token } },
    ...{ since: session?.createdAt, until: expiresAt ?? session?.expiresAt, idleUntil: session?.idleAt },
    ...(user && ownFacts(user, role)),
  };
}

function passwordFormOf(call: CallContext, user: UserView | undefined): PasswordForm | undefined {
  if (!mayChange(call) || user === undefined) return undefined;
  return user.hasPassword ? { passwordMinLength: call.core.settings.passwordMinLength } : 'none';
}

/** The result of the form of the password. */
type Outcome = Partial<RefusalText> & Readonly<{ notice?: string | undefined; endTokens?: boolean }>;

/** Renders the account page. */
export async function accountShown(call: CallContext, outcome: Outcome = {}): Promise<string> {
  const { core, principal } = call;
  const hasPages = hasOwnPages(call);
  const user = hasPages ? await core.users.get(principal.name) : undefined;
  const identity = await identityOf(call, user);
  return accountPage(viewerFrameOf(call), { identity, hasPages, password: passwordFormOf(call, user), ...outcome });
}

export const overviewRoutes = [
  route({
    method: 'get',
    path: '/',
    summary: 'On to the account page.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    everyHost: true,
    answers: { 303: redirect('To `account`.') },
    handle: async ({ prefix }) => seeOther(`${prefix}/account`),
  }),
  route({
    method: 'get',
    path: '/account',
    summary: 'Who one is and why, and the form of the password.',
    tag: 'pages',
    surface: 'own',
    guard: 'signed-in',
    query: z.object({ done: field }),
    answers: { 200: page('The page.') },
    handle: async (call) => html(200, await accountShown(call, { notice: noticeOf(call, notices, call.query.done) })),
  }),
];
