import { z } from 'zod';
import type { Result } from '../../errors.ts';
import { type AccountForms, accountPage, type FormOutcome } from '../../pages/index.ts';
import type { Answer } from '../../request/respond/write.ts';
import { html, seeOther } from '../reply.ts';
import { type CallContext, needsPassword, route } from '../route.ts';
import { field, page, redirect, viewerFrameOf } from './page.ts';

/** Notices after a redirect from one of the forms, by the value of `done`. */
const notices: Readonly<Record<string, string>> = {
  password: 'Your password is changed. Your other sessions have ended.',
  revoked: 'The token is revoked.',
};

/** The forms need a session: for an access token or auto-login the page has none. */
async function formsOf(call: CallContext): Promise<AccountForms | undefined> {
  const { core, principal } = call;
  if (principal.kind !== 'user' || principal.via !== 'session') return undefined;
  const { ladder, settings } = core;
  if (!ladder.atLeast(principal.role, ladder.rung('viewer'))) return undefined;
  const roles = ladder.names.slice(1, ladder.position(principal.role) + 1);
  const { items: tokens } = await core.tokens.list(principal.name);
  const asksPassword = await needsPassword(call);
  return { asksPassword, passwordMinLength: settings.passwordMinLength, roles, tokens };
}

/** Answers with the account page; `outcome` is the result of a form. */
export async function accountAnswer(call: CallContext, status = 200, outcome?: FormOutcome): Promise<Result<Answer>> {
  const { core, principal } = call;
  const mayRead = principal.kind === 'user' && principal.scopes.includes('gatewarden:read');
  const listed = mayRead ? (await core.sessions.list(principal.name)).items : [];
  const sessions = listed.map((one) => ({ ...one, current: one.id === principal.sessionId }));
  const forms = await formsOf(call);
  return html(
    status,
    accountPage(viewerFrameOf(call), { name: principal.name, role: principal.role, sessions, forms, outcome }),
  );
}

export const accountRoutes = [
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
    summary: 'Who one is, where one is signed in, the way out; password and API tokens.',
    tag: 'pages',
    surface: 'own',
    guard: 'signed-in',
    query: z.object({ done: field }),
    answers: { 200: page('The page.') },
    async handle(call) {
      const notice = Object.hasOwn(notices, call.query.done ?? '') ? notices[call.query.done ?? ''] : undefined;
      return accountAnswer(call, 200, notice === undefined ? undefined : { notice });
    },
  }),
];
