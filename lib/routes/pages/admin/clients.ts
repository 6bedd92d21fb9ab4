import { z } from 'zod';
import { refused } from '../../../errors.ts';
import { clientPage, clientsPage } from '../../../pages/admin/clients.ts';
import type { WordKey } from '../../../pages/words/words.ts';
import { html } from '../../reply.ts';
import { route } from '../../route.ts';
import { field, page, viewerFrameOf, wordsFor } from '../page.ts';
import { editClientRoutes } from './client-edit.ts';
import { newClientRoutes } from './client-new.ts';
import { clientOf, clientRoute, listAddress, tokenEndpointOf } from './client-page.ts';
import { clientQuestionRoutes } from './client-questions.ts';
import { clientSecretRoutes } from './client-secret.ts';

/** Notices after a redirect, by the value of `done`. */
const notices: ReadonlyMap<string | undefined, WordKey> = new Map([
  ['edited', 'clients.isEdited'],
  ['activated', 'clients.isActivated'],
  ['still-inactive', 'clients.isStillInactive'],
  ['deactivated', 'clients.isDeactivated'],
  ['tokens-ended', 'clients.tokensEnded'],
  ['older-secret-ended', 'clients.olderEnded'],
  ['deleted', 'clients.isDeleted'],
]);

function noticeOf(call: Parameters<typeof wordsFor>[0] & Readonly<{ query: { done?: string | undefined } }>) {
  const word = notices.get(call.query.done);
  return word && wordsFor(call).text(word);
}

const reading = [
  route({
    ...clientRoute,
    method: 'get',
    path: '/admin/clients',
    summary: 'Clients, by id.',
    query: z.object({ cursor: field, done: field }),
    answers: { 200: page('One part of the list.') },
    async handle(call) {
      const { core, query } = call;
      const list = listAddress(call);
      const found = await core.clients.list({ cursor: query.cursor });
      const shown = clientsPage(viewerFrameOf(call), {
        ...{ clients: found.items, now: core.stores.records.now(), notice: noticeOf(call) },
        next: found.next && `${list}?${new URLSearchParams({ cursor: found.next })}`,
        first: query.cursor && list,
      });
      return html(200, shown);
    },
  }),
  route({
    ...clientRoute,
    method: 'get',
    path: '/admin/clients/{client_id}',
    summary: 'One client: what it holds, its secrets by age, and what can be done to it.',
    query: z.object({ done: field }),
    answers: { 200: page('The client.') },
    refusals: ['not_found'],
    async handle(call) {
      const client = await clientOf(call);
      if (client === undefined) return refused('not_found');
      const now = call.core.stores.records.now();
      const shown = { client, now, tokenEndpoint: tokenEndpointOf(call), notice: noticeOf(call) };
      return html(200, clientPage(viewerFrameOf(call), shown));
    },
  }),
];

/** The pages of clients. */
export const adminClientsRoutes = [
  ...reading,
  ...newClientRoutes,
  ...editClientRoutes,
  ...clientSecretRoutes,
  ...clientQuestionRoutes,
];
