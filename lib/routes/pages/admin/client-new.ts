import { z } from 'zod';
import type { Refusal } from '../../../errors.ts';
import { clientLifetimes, type NewClientFields, newClientPage } from '../../../pages/admin/client-form.ts';
import { issuedClientPage } from '../../../pages/admin/clients.ts';
import { html } from '../../reply.ts';
import { type Call, type CallContext, route } from '../../route.ts';
import { dayOf, expiryOf } from '../expiry.ts';
import { formAgain } from '../form-again.ts';
import { field, page, viewerFrameOf } from '../page.ts';
import { clientFields, clientFormOf, filledOf } from './client-fields.ts';
import { clientRoute, tokenEndpointOf } from './client-page.ts';

const newForm = z.object({
  ...clientFields,
  client_id: field,
  days: z.enum(clientLifetimes).optional(),
  until: field,
});
type Sent = Call<z.output<typeof newForm>>;

const sentFields = ({ body }: Sent): NewClientFields => {
  const { client_id: clientId = '', days = '', until = '' } = body;
  return { ...filledOf(body), clientId, days, until };
};

async function formOf(call: CallContext, filled: NewClientFields) {
  return { ...(await clientFormOf(call)), filled, today: dayOf(call.core.stores.records.now()) };
}

const again = (call: Sent, refusal: Refusal) =>
  formAgain(call, refusal, async (text) => {
    const form = await formOf(call, sentFields(call));
    return newClientPage(viewerFrameOf(call), { ...form, ...text });
  });

/** Making a client. */
export const newClientRoutes = [
  route({
    ...clientRoute,
    method: 'get',
    path: '/admin/new-client',
    summary: 'The form of a new client.',
    answers: { 200: page('The form.') },
    async handle(call) {
      const role = call.core.ladder.rung('viewer');
      const form = await formOf(call, { name: '', clientId: '', role, scopes: [], days: '', until: '' });
      return html(200, newClientPage(viewerFrameOf(call), form));
    },
  }),
  route({
    ...clientRoute,
    method: 'post',
    path: '/admin/new-client',
    summary: 'Make a client by that form.',
    confirm: true,
    body: { as: 'form', schema: newForm },
    answers: {
      200: page('The secret, shown this once.'),
      400: page('The form, with what is wrong.'),
      403: page('The current password is not right.'),
      409: page('The id is taken.'),
      429: page('Too many attempts.'),
    },
    refusals: ['conflict', 'token_revoked', 'token_expired'],
    unconfirmed: again,
    async handle(call) {
      const { core, body, actor } = call;
      const sent = sentFields(call);
      const expiresAt = expiryOf(sent, core.stores.records.now());
      const wish = { ...filledOf(body), role: body.role, clientId: body.client_id, expiresAt };
      const made = await core.clients.create(wish, actor);
      if (!made.ok) return again(call, made.refusal);
      const { secret, view } = made.value;
      const shown = { clientId: view.clientId, secret, tokenEndpoint: tokenEndpointOf(call), isNew: true };
      return html(200, issuedClientPage(viewerFrameOf(call), shown));
    },
  }),
];
