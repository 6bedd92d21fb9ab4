import { z } from 'zod';
import type { ApiTokenView } from '../../services.ts';
import { json, noContent } from '../reply.ts';
import { revokeToken } from '../revoking-token.ts';
import { route } from '../route.ts';
import { confirmable, listOf, moment, text, toMoment, toMomentOrNull } from '../schemas.ts';

const token = z.object({
  name: z.string(),
  role: z.string().nullable().describe('At most this role; null: what its owner has.'),
  scopes: z.array(z.string()).nullable().describe('Only these scopes; null: what its owner holds.'),
  created_at: moment,
  last_used_at: moment.nullable(),
  expires_at: moment.nullable(),
});

const toToken = (view: ApiTokenView): z.input<typeof token> => ({
  name: view.name,
  role: view.role ?? null,
  scopes: view.scopes ? [...view.scopes] : null,
  created_at: toMoment(view.createdAt),
  last_used_at: toMomentOrNull(view.lastUsedAt),
  expires_at: toMomentOrNull(view.expiresAt),
});

const newToken = confirmable({
  name: text,
  role: text.optional(),
  scopes: z.array(text).max(100).optional(),
  expires_at: moment.optional(),
});

/** The API tokens of the user who calls. */
export const tokenRoutes = [
  route({
    method: 'get',
    path: '/api/v1/tokens',
    summary: 'Your API tokens.',
    tag: 'tokens',
    surface: 'own',
    guard: 'self',
    scope: 'gatewarden:read',
    answers: { 200: { description: 'By name; the tokens themselves are not kept.', schema: listOf(token) } },
    async handle({ core, principal }) {
      const tokens = await core.tokens.list(principal.name);
      return json(200, { items: tokens.items.map(toToken) });
    },
  }),
  route({
    method: 'post',
    path: '/api/v1/tokens',
    summary: 'Make an API token.',
    tag: 'tokens',
    surface: 'own',
    guard: 'self',
    scope: 'gatewarden:write',
    confirm: true,
    body: { as: 'json', schema: newToken },
    answers: { 201: { description: 'The token, shown this once.', schema: token.extend({ token: z.string() }) } },
    refusals: ['conflict'],
    async handle({ core, body, principal, actor }) {
      const { name, role, scopes } = body;
      const expiresAt = body.expires_at === undefined ? undefined : Date.parse(body.expires_at);
      const made = await core.tokens.create(principal.name, { name, role, scopes, expiresAt }, actor);
      return made.ok ? json(201, { ...toToken(made.value.view), token: made.value.token }) : made;
    },
  }),
  route({
    method: 'delete',
    path: '/api/v1/tokens/{name}',
    summary: 'Revoke an API token, and what was made with it. Made with that very token, it can be repeated.',
    tag: 'tokens',
    surface: 'own',
    guard: 'self',
    endsOwn: true,
    scope: 'gatewarden:write',
    confirm: true,
    body: { as: 'json', schema: confirmable({}) },
    answers: { 204: { description: 'Revoked.' } },
    refusals: ['not_found'],
    async handle(call) {
      const revoked = await revokeToken(call, call.params.name ?? '');
      return revoked.ok ? noContent() : revoked;
    },
  }),
];
