import { z } from 'zod';
import { type Refusal, refused } from '../../../errors.ts';
import { issuedClientPage, newSecretPage } from '../../../pages/admin/clients.ts';
import { html } from '../../reply.ts';
import { type Call, needsPassword, route } from '../../route.ts';
import { formAgain } from '../form-again.ts';
import { field, page, viewerFrameOf } from '../page.ts';
import { clientOf, clientRoute, tokenEndpointOf } from './client-page.ts';

const secretForm = z.object({ others: field, current_password: field });
type Sent = Call<z.output<typeof secretForm>>;

const endsOthers = ({ body }: Sent): boolean => body.others === 'end';

async function again(call: Sent, refusal: Refusal) {
  const client = await clientOf(call);
  if (client === undefined) return refused('not_found');
  return formAgain(call, refusal, async (text) => {
    const asked = { asksPassword: await needsPassword(call), endsOthers: endsOthers(call), ...text };
    return newSecretPage(viewerFrameOf(call), client, asked);
  });
}

/** Adding a secret to a client. */
export const clientSecretRoutes = [
  route({
    ...clientRoute,
    method: 'get',
    path: '/admin/clients/{client_id}/secret',
    summary: 'The page that asks before a secret is added.',
    answers: { 200: page('The question.') },
    refusals: ['not_found'],
    async handle(call) {
      const client = await clientOf(call);
      if (client === undefined) return refused('not_found');
      const asked = { asksPassword: await needsPassword(call), endsOthers: false };
      return html(200, newSecretPage(viewerFrameOf(call), client, asked));
    },
  }),
  route({
    ...clientRoute,
    method: 'post',
    path: '/admin/clients/{client_id}/secret',
    summary: 'Make another secret for a client by that page. At most two are valid: the older one of two ends.',
    confirm: true,
    body: { as: 'form', schema: secretForm },
    answers: {
      200: page('The secret, shown this once.'),
      403: page('The current password is not right, or the credential may not make secrets for this client.'),
      429: page('Too many attempts.'),
    },
    refusals: ['not_found'],
    unconfirmed: again,
    async handle(call) {
      const { core, params, actor } = call;
      const made = await core.clients.addSecret(params.client_id ?? '', { endOthers: endsOthers(call) }, actor);
      if (!made.ok) return again(call, made.refusal);
      const { secret, view } = made.value;
      const shown = { clientId: view.clientId, secret, tokenEndpoint: tokenEndpointOf(call), isNew: false };
      return html(200, issuedClientPage(viewerFrameOf(call), shown));
    },
  }),
];
