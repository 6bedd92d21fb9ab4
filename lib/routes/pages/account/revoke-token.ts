import { z } from 'zod';
import { type Refusal, refused } from '../../../errors.ts';
import { revokeTokenPage } from '../../../pages/account/tokens.ts';
import type { RefusalText } from '../../../pages/refusal-text.ts';
import type { ApiTokenView } from '../../../services.ts';
import { html, seeOther } from '../../reply.ts';
import { type Call, type CallContext, needsPassword, route } from '../../route.ts';
import { formAgain } from '../form-again.ts';
import { field, page, redirect, viewerFrameOf } from '../page.ts';

const form = z.object({ name: field, current_password: field });

const tokenOf = async ({ core, principal }: CallContext, name = ''): Promise<ApiTokenView | undefined> =>
  (await core.tokens.list(principal.name)).items.find((one) => one.name === name);

async function question(call: CallContext, token: ApiTokenView, text: Partial<RefusalText> = {}): Promise<string> {
  const asksPassword = await needsPassword(call);
  return revokeTokenPage(viewerFrameOf(call), { token, asksPassword, now: Date.now(), ...text });
}

/** The question with the problem. A token that does not exist gets the error page, 404. */
async function again(call: Call<z.output<typeof form>>, refusal: Refusal) {
  const token = await tokenOf(call, call.body.name);
  return token ? formAgain(call, refusal, (text) => question(call, token, text)) : refused('not_found');
}

const described = { tag: 'pages', surface: 'own', guard: 'self', path: '/account/revoke-token' } as const;

/** The question before an API token is revoked. */
export const accountRevokeTokenRoutes = [
  route({
    ...described,
    method: 'get',
    summary: 'The page that asks before an API token is revoked.',
    scope: 'gatewarden:read',
    query: z.object({ name: field }),
    answers: { 200: page('The question.') },
    refusals: ['not_found'],
    async handle(call) {
      const token = await tokenOf(call, call.query.name);
      return token ? html(200, await question(call, token)) : refused('not_found');
    },
  }),
  route({
    ...described,
    method: 'post',
    summary: 'Revoke an API token by that page.',
    scope: 'gatewarden:write',
    confirm: true,
    body: { as: 'form', schema: form },
    answers: {
      303: redirect('Revoked: back to the tokens.'),
      403: page('The current password is not right.'),
      429: page('Too many attempts.'),
    },
    refusals: ['not_found'],
    unconfirmed: again,
    async handle({ core, body, principal, actor, prefix }) {
      const revoked = await core.tokens.revoke(principal.name, body.name ?? '', actor);
      return revoked.ok ? seeOther(`${prefix}/account/tokens?done=revoked`) : revoked;
    },
  }),
];
