import { z } from 'zod';
import type { Refusal } from '../../../errors.ts';
import {
  freshTokenWish,
  newTokenPage,
  type TokenWish,
  tokenFormPage,
  tokensPage,
} from '../../../pages/account/tokens.ts';
import type { RefusalText } from '../../../pages/refusal-text.ts';
import { html } from '../../reply.ts';
import { type Call, type CallContext, needsPassword, route } from '../../route.ts';
import { dayOf } from '../expiry.ts';
import { formAgain } from '../form-again.ts';
import { field, page, viewerFrameOf } from '../page.ts';
import { noticeOf } from './notice.ts';
import { mayChange } from './rights.ts';
import { newTokenOf, tokenForm, wishOf } from './token-wish.ts';

/** Notices after a redirect from the question. */
const notices = { revoked: 'tokens.revoked' } as const;

/** The form, empty or with what was wrong. */
async function formShown(call: CallContext, wish: TokenWish, text: Partial<RefusalText> = {}): Promise<string> {
  const { ladder } = call.core;
  const { role, scopes } = call.principal;
  return tokenFormPage(viewerFrameOf(call), {
    wish,
    roles: ladder.names.slice(1, ladder.position(role) + 1),
    scopes,
    asksPassword: await needsPassword(call),
    today: dayOf(Date.now()),
    ...text,
  });
}

const again = (call: Call<z.output<typeof tokenForm>>, refusal: Refusal) =>
  formAgain(call, refusal, (text) => formShown(call, wishOf(call.body), text));

const described = { tag: 'pages', surface: 'own', guard: 'self' } as const;

/** The list of API tokens, and the form for a new one. */
export const accountTokenRoutes = [
  route({
    ...described,
    method: 'get',
    path: '/account/tokens',
    summary: 'Your API tokens; `q` is a part of their name.',
    scope: 'gatewarden:read',
    query: z.object({ done: field, q: field }),
    answers: { 200: page('The page.') },
    async handle(call) {
      const { q: sought = '', done } = call.query;
      const { items: tokens } = await call.core.tokens.list(call.principal.name);
      const shown = { tokens, sought, mayChange: mayChange(call), now: Date.now() };
      return html(200, tokensPage(viewerFrameOf(call), { ...shown, notice: noticeOf(call, notices, done) }));
    },
  }),
  route({
    ...described,
    method: 'get',
    path: '/account/tokens/new',
    summary: 'The form for a new API token.',
    scope: 'gatewarden:read',
    answers: { 200: page('The form.') },
    handle: async (call) => html(200, await formShown(call, freshTokenWish)),
  }),
  route({
    ...described,
    method: 'post',
    path: '/account/tokens',
    summary: 'Make an API token by that form.',
    scope: 'gatewarden:write',
    confirm: true,
    body: { as: 'form', schema: tokenForm },
    answers: {
      200: page('The token, shown this once.'),
      400: page('The form, with what is wrong.'),
      403: page('The current password is not right.'),
      409: page('The name is taken.'),
      429: page('Too many attempts.'),
    },
    unconfirmed: again,
    async handle(call) {
      const { core, body, principal, actor } = call;
      const made = await core.tokens.create(principal.name, newTokenOf(wishOf(body), Date.now()), actor);
      if (!made.ok) return again(call, made.refusal);
      return html(200, newTokenPage(viewerFrameOf(call), made.value));
    },
  }),
];
