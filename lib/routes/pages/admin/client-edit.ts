import { z } from 'zod';
import { type Refusal, refused } from '../../../errors.ts';
import { editClientPage } from '../../../pages/admin/client-form.ts';
import { html, seeOther } from '../../reply.ts';
import { type Call, route } from '../../route.ts';
import { formAgain } from '../form-again.ts';
import { page, redirect, viewerFrameOf } from '../page.ts';
import { clientFields, clientFormOf, filledOf } from './client-fields.ts';
import { clientOf, clientRoute, doneAddress } from './client-page.ts';

const editForm = z.object(clientFields);
type Sent = Call<z.output<typeof editForm>>;

async function again(call: Sent, refusal: Refusal) {
  const client = await clientOf(call);
  if (client === undefined) return refused('not_found');
  return formAgain(call, refusal, async (text) => {
    const shown = { ...(await clientFormOf(call, client)), filled: filledOf(call.body), current: client.name };
    return editClientPage(viewerFrameOf(call), client.clientId, { ...shown, ...text });
  });
}

/** Changing what a client is called and holds. */
export const editClientRoutes = [
  route({
    ...clientRoute,
    method: 'get',
    path: '/admin/clients/{client_id}/edit',
    summary: 'The form that changes a client.',
    answers: { 200: page('The form.') },
    refusals: ['not_found'],
    async handle(call) {
      const client = await clientOf(call);
      if (client === undefined) return refused('not_found');
      const shown = { ...(await clientFormOf(call, client)), filled: client, current: client.name };
      return html(200, editClientPage(viewerFrameOf(call), client.clientId, shown));
    },
  }),
  route({
    ...clientRoute,
    method: 'post',
    path: '/admin/clients/{client_id}/edit',
    summary: 'Change a client by that form.',
    confirm: true,
    body: { as: 'form', schema: editForm },
    answers: {
      303: redirect('Changed: back to its page.'),
      400: page('The form, with what is wrong.'),
      403: page('The current password is not right.'),
      429: page('Too many attempts.'),
    },
    refusals: ['not_found'],
    unconfirmed: again,
    async handle(call) {
      const { core, params, body, actor } = call;
      const edited = await core.clients.edit(params.client_id ?? '', filledOf(body), actor);
      return edited.ok ? seeOther(doneAddress(call, 'edited')) : again(call, edited.refusal);
    },
  }),
];
