import { z } from 'zod';
import { refused } from '../../errors.ts';
import type { ClientView, IssuedClient } from '../../services.ts';
import { json, noContent } from '../reply.ts';
import { route } from '../route.ts';
import { confirmable, moment, pageOf, pageQuery, text, toMoment, toMomentOrNull } from '../schemas.ts';

const client = z.object({
  client_id: z.string(),
  name: z.string(),
  role: z.string(),
  scopes: z.array(z.string()),
  active: z.boolean().describe('False: deactivated, or what it was made with has ended.'),
  secrets: z.array(z.object({ created_at: moment })).describe('The valid ones, the newest first.'),
  created_at: moment,
  updated_at: moment,
  last_used_at: moment.nullable(),
  expires_at: moment.nullable(),
});

const issued = client.extend({ client_secret: z.string() });

export const toClient = (view: ClientView): z.input<typeof client> => ({
  client_id: view.clientId,
  name: view.name,
  role: view.role,
  scopes: [...view.scopes],
  active: view.active,
  secrets: view.secrets.map(({ createdAt }) => ({ created_at: toMoment(createdAt) })),
  created_at: toMoment(view.createdAt),
  updated_at: toMoment(view.updatedAt),
  last_used_at: toMomentOrNull(view.lastUsedAt),
  expires_at: toMomentOrNull(view.expiresAt),
});

export const toIssued = ({ secret, view }: IssuedClient): z.input<typeof issued> => ({
  ...toClient(view),
  client_secret: secret,
});

const scopes = z.array(text).max(100);

const newClient = confirmable({
  client_id: text.optional().describe('Default: a random one.'),
  name: text,
  role: text.optional().describe('Default: the role that stands for viewer.'),
  scopes: scopes.optional().describe('Default: none.'),
  expires_at: moment.optional(),
});

const clientEdit = confirmable({
  name: text.optional(),
  role: text.optional(),
  scopes: scopes.optional(),
  active: z.boolean().optional().describe('False: ends its access tokens, and what it minted for users.'),
  end_tokens: z.boolean().optional().describe('Ends its access tokens, and what it minted for users.'),
  end_older_secrets: z.boolean().optional().describe('Ends all secrets but the newest; what was issued stays.'),
});

const newSecret = confirmable({
  end_others: z.boolean().optional().describe('Ends all other secrets, and what was issued before.'),
});

const common = { tag: 'clients', surface: 'own', guard: 'admin', scope: 'gatewarden:admin' } as const;

/** Application clients. */
export const clientRoutes = [
  route({
    ...common,
    method: 'get',
    path: '/api/v1/clients',
    summary: 'Clients, by id.',
    query: z.strictObject(pageQuery),
    answers: { 200: { description: 'One part of the list.', schema: pageOf(client) } },
    async handle({ core, query }) {
      const page = await core.clients.list(query);
      return json(200, { items: page.items.map(toClient), next_cursor: page.next ?? null });
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/api/v1/clients',
    summary: 'Make a client.',
    confirm: true,
    body: { as: 'json', schema: newClient },
    answers: { 201: { description: 'Made; the secret is shown this once.', schema: issued } },
    refusals: ['conflict'],
    async handle({ core, prefix, body, actor }) {
      const { client_id: clientId, expires_at: end, name, role, scopes: wanted } = body;
      const expiresAt = end === undefined ? undefined : Date.parse(end);
      const made = await core.clients.create({ clientId, name, role, scopes: wanted, expiresAt }, actor);
      if (!made.ok) return made;
      return json(201, toIssued(made.value), { Location: `${prefix}/api/v1/clients/${made.value.view.clientId}` });
    },
  }),
  route({
    ...common,
    method: 'get',
    path: '/api/v1/clients/{client_id}',
    summary: 'One client.',
    answers: { 200: { description: 'The client.', schema: client } },
    refusals: ['not_found'],
    async handle({ core, params }) {
      const found = await core.clients.get(params.client_id ?? '');
      return found ? json(200, toClient(found)) : refused('not_found');
    },
  }),
  route({
    ...common,
    method: 'patch',
    path: '/api/v1/clients/{client_id}',
    summary: 'Change a client.',
    confirm: true,
    body: { as: 'json', schema: clientEdit },
    answers: { 200: { description: 'As it is now.', schema: client } },
    refusals: ['not_found'],
    async handle({ core, params, body, actor }) {
      const { name, role, scopes: wanted, active, end_tokens, end_older_secrets } = body;
      const ends = { endTokens: end_tokens, endOlderSecrets: end_older_secrets };
      const edit = { name, role, scopes: wanted, active, ...ends };
      const edited = await core.clients.edit(params.client_id ?? '', edit, actor);
      return edited.ok ? json(200, toClient(edited.value)) : edited;
    },
  }),
  route({
    ...common,
    method: 'delete',
    path: '/api/v1/clients/{client_id}',
    summary: 'Delete a client. Its id is not given again.',
    confirm: true,
    body: { as: 'json', schema: confirmable({}) },
    answers: { 204: { description: 'Deleted.' } },
    refusals: ['not_found'],
    async handle({ core, params, actor }) {
      const removed = await core.clients.remove(params.client_id ?? '', actor);
      return removed.ok ? noContent() : removed;
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/api/v1/clients/{client_id}/secret',
    summary: 'Make another secret for a client. At most two are valid: the older one of two ends.',
    confirm: true,
    body: { as: 'json', schema: newSecret },
    answers: { 201: { description: 'The client; the secret is shown this once.', schema: issued } },
    refusals: ['not_found'],
    async handle({ core, params, body, actor }) {
      const made = await core.clients.addSecret(params.client_id ?? '', { endOthers: body.end_others }, actor);
      return made.ok ? json(201, toIssued(made.value)) : made;
    },
  }),
];
