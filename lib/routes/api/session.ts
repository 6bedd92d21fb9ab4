import { z } from 'zod';
import { refused } from '../../errors.ts';
import type { SessionView } from '../../services.ts';
import { json, noContent } from '../reply.ts';
import { type Call, route } from '../route.ts';
import { moment, pageOf, pageQuery, toMoment, toMomentOrNull } from '../schemas.ts';
import { endOwnAgain, signOut } from '../signing-out.ts';

const state = z.object({
  authenticated: z.boolean(),
  mode: z.enum(['sign-in', 'auto-login']),
  kind: z.enum(['anonymous', 'user', 'client']),
  user: z.string().nullable(),
  role: z.string(),
  scopes: z.array(z.string()),
  via: z.string(),
  expires_at: moment.nullable(),
});

const session = z.object({
  id: z.string(),
  kind: z.enum(['browser', 'api']),
  method: z.string(),
  current: z.boolean(),
  created_at: moment,
  last_seen_at: moment,
  expires_at: moment,
  address: z.string().nullable(),
  agent: z.string().nullable(),
});

function stateOf({ core, principal }: Call): z.input<typeof state> {
  return {
    authenticated: principal.kind !== 'anonymous',
    mode: core.settings.autoLogin ? 'auto-login' : 'sign-in',
    kind: principal.kind,
    user: principal.kind === 'anonymous' ? null : principal.name,
    role: principal.role,
    scopes: [...principal.scopes],
    via: principal.via,
    expires_at: toMomentOrNull(principal.expiresAt),
  };
}

export const toSession = (view: SessionView, current: string | undefined): z.input<typeof session> => ({
  id: view.id,
  kind: view.kind,
  method: view.method,
  current: view.id === current,
  created_at: toMoment(view.createdAt),
  last_seen_at: toMoment(view.lastSeenAt),
  expires_at: toMoment(view.expiresAt),
  address: view.address ?? null,
  agent: view.agent ?? null,
});

/** The principal of the request, and the sessions of its user. */
export const sessionRoutes = [
  route({
    method: 'get',
    path: '/api/v1/session',
    summary: 'Who makes this request.',
    tag: 'account',
    surface: 'own',
    guard: 'anyone',
    answers: { 200: { description: 'The principal; a bad credential is 401, never "anonymous".', schema: state } },
    refusals: ['invalid_token', 'token_expired', 'token_revoked'],
    handle: async (call) => json(200, stateOf(call)),
  }),
  route({
    method: 'delete',
    path: '/api/v1/session',
    summary: 'Revoke the session or access token that makes this request.',
    tag: 'account',
    surface: 'sign-out',
    guard: 'signed-in',
    endsOwn: true,
    scope: 'gatewarden:write',
    answers: { 204: { description: 'Signed out.' } },
    refusals: ['not_found'],
    async handle(call) {
      const { sessionId, via } = call.principal;
      if (via === 'api-token' && !sessionId) return refused('not_found', { detail: 'This credential has no session.' });
      const out = await signOut(call);
      return out.ok ? noContent({ 'Clear-Site-Data': '"cache"' }) : out;
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/sessions',
    summary: 'Where you are signed in.',
    tag: 'account',
    surface: 'own',
    guard: 'self',
    scope: 'gatewarden:read',
    query: z.strictObject(pageQuery),
    answers: { 200: { description: 'One part of your sessions, newest first.', schema: pageOf(session) } },
    async handle({ core, principal, query }) {
      const page = await core.sessions.list(principal.name, query);
      const items = page.items.map((one) => toSession(one, principal.sessionId));
      return json(200, { items, next_cursor: page.next ?? null });
    },
  }),
  route({
    method: 'delete',
    path: '/api/v1/sessions/{id}',
    summary: 'End one of your sessions.',
    tag: 'account',
    surface: 'sign-out',
    guard: 'self',
    endsOwn: true,
    scope: 'gatewarden:write',
    answers: { 204: { description: 'Ended.' } },
    refusals: ['not_found'],
    async handle(call) {
      const { core, params, principal, actor } = call;
      const id = params.id ?? '';
      const isNobody = principal.kind === 'anonymous' || principal.via === 'auto-login';
      const ended = isNobody ? await endOwnAgain(call, id) : await core.sessions.end(principal.name, id, actor);
      return ended.ok ? noContent() : ended;
    },
  }),
];
