import { z } from 'zod';
import { ok, type Refusal, type Result, refused } from '../../../errors.ts';
import { type ClientAction, clientQuestionPage } from '../../../pages/admin/client-questions.ts';
import type { ClientEdit } from '../../../services.ts';
import { html, seeOther } from '../../reply.ts';
import { type CallContext, needsPassword, type Route, route } from '../../route.ts';
import { formAgain } from '../form-again.ts';
import { field, page, redirect, viewerFrameOf } from '../page.ts';
import { clientOf, clientRoute, doneAddress, listAddress } from './client-page.ts';

/** What is done to the client, and the address to go on to. */
type Act = (call: CallContext) => Promise<Result<string>>;

const editing =
  (edit: ClientEdit, done: string): Act =>
  async (call) => {
    const { core, params, actor } = call;
    const edited = await core.clients.edit(params.client_id ?? '', edit, actor);
    if (!edited.ok) return edited;
    // One whose maker has ended is not accepted, whatever is done to itself.
    const isStillInactive = edit.active === true && !edited.value.active;
    return ok(doneAddress(call, isStillInactive ? 'still-inactive' : done));
  };

async function remove(call: CallContext): Promise<Result<string>> {
  const removed = await call.core.clients.remove(call.params.client_id ?? '', call.actor);
  return removed.ok ? ok(`${listAddress(call)}?done=deleted`) : removed;
}

const actions: readonly (readonly [action: ClientAction, done: string, act: Act])[] = [
  ['activate', 'a client is activated', editing({ active: true }, 'activated')],
  ['deactivate', 'a client is deactivated and its tokens end', editing({ active: false }, 'deactivated')],
  ['end-tokens', 'the access tokens of a client end', editing({ endTokens: true }, 'tokens-ended')],
  [
    'end-older-secret',
    'all secrets of a client but the newest end',
    editing({ endOlderSecrets: true }, 'older-secret-ended'),
  ],
  ['delete', 'a client is deleted', remove],
];

async function again(call: CallContext, action: ClientAction, refusal: Refusal) {
  const client = await clientOf(call);
  if (client === undefined) return refused('not_found');
  return formAgain(call, refusal, async (text) => {
    const asked = { asksPassword: await needsPassword(call), ...text };
    return clientQuestionPage(viewerFrameOf(call), action, client, asked);
  });
}

function asking(action: ClientAction, done: string): Route {
  return route({
    ...clientRoute,
    method: 'get',
    path: `/admin/clients/{client_id}/${action}`,
    summary: `The page that asks before ${done}.`,
    answers: { 200: page('The question.') },
    refusals: ['not_found'],
    async handle(call) {
      const client = await clientOf(call);
      if (client === undefined) return refused('not_found');
      const asked = { asksPassword: await needsPassword(call) };
      return html(200, clientQuestionPage(viewerFrameOf(call), action, client, asked));
    },
  });
}

function doing(action: ClientAction, done: string, act: Act): Route {
  return route({
    ...clientRoute,
    method: 'post',
    path: `/admin/clients/{client_id}/${action}`,
    summary: `Confirm by that page that ${done}.`,
    confirm: true,
    body: { as: 'form', schema: z.object({ current_password: field }) },
    answers: {
      303: redirect('Done: back to its page, or to the list.'),
      400: page('The question, with what is wrong.'),
      403: page('The current password is not right.'),
      429: page('Too many attempts.'),
    },
    refusals: ['not_found'],
    unconfirmed: (call, refusal) => again(call, action, refusal),
    async handle(call) {
      const done = await act(call);
      return done.ok ? seeOther(done.value) : again(call, action, done.refusal);
    },
  });
}

/** Each thing that may be done to a client after a question: the page that asks, and its answer. */
export const clientQuestionRoutes: readonly Route[] = actions.flatMap(([action, done, act]) => [
  asking(action, done),
  doing(action, done, act),
]);
