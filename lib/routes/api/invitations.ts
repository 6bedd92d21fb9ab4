import { z } from 'zod';
import type { InvitationView } from '../../services.ts';
import { baseOf } from '../oauth/metadata.ts';
import { json, noContent } from '../reply.ts';
import { route } from '../route.ts';
import { confirmable, moment, pageOf, pageQuery, text, toMoment } from '../schemas.ts';

const invitation = z.object({
  id: z.string(),
  role: z.string().describe('The role of who uses it, if the inviter may still give it.'),
  uses: z.number().int().describe('How many may use it.'),
  used: z.number().int(),
  invited_by: z.string().describe('A username, `client:ID`, or empty for the program itself.'),
  active: z.boolean().describe('False: its inviter may not invite any more, or what it was made with has ended.'),
  note: z.string().nullable(),
  created_at: moment,
  expires_at: moment,
});

export const toInvitation = (view: InvitationView): z.input<typeof invitation> => ({
  id: view.id,
  role: view.role,
  uses: view.uses,
  used: view.used,
  invited_by: view.invitedBy,
  active: view.active,
  note: view.note ?? null,
  created_at: toMoment(view.createdAt),
  expires_at: toMoment(view.expiresAt),
});

const newInvitation = confirmable({
  role: text.optional().describe('Default: `DEFAULT_ROLE`.'),
  uses: z.number().int().optional().describe('1 to 100, 1 when left out.'),
  expires_at: moment.optional().describe('At most 90 days from now; in 7 days when left out.'),
  note: text.optional().describe('Up to 200 characters for those who see the list.'),
});

const issued = invitation.extend({
  code: z.string(),
  url: z.string().describe('The sign-up page with the code in its fragment, which is not sent to the server.'),
});

/** The address of the sign-up page below `base`: a fragment is in no log. */
export const invitationUrl = (base: string, code: string): string => `${base}/signup#invitation=${code}`;

/** Invitations. Operators see and make those for roles below their own, admins all. */
export const invitationRoutes = [
  route({
    method: 'get',
    path: '/api/v1/invitations',
    summary: 'Invitations that were not withdrawn, the newest first.',
    tag: 'users',
    surface: 'own',
    guard: 'operator',
    scope: 'gatewarden:admin',
    query: z.strictObject(pageQuery),
    answers: { 200: { description: 'One part of the list.', schema: pageOf(invitation) } },
    async handle({ core, query, actor }) {
      const page = await core.invitations.list(query, actor);
      return json(200, { items: page.items.map(toInvitation), next_cursor: page.next ?? null });
    },
  }),
  route({
    method: 'post',
    path: '/api/v1/invitations',
    summary: 'Make an invitation.',
    tag: 'users',
    surface: 'own',
    guard: 'operator',
    scope: 'gatewarden:admin',
    confirm: true,
    body: { as: 'json', schema: newInvitation },
    answers: { 201: { description: 'The code and its link, shown this once.', schema: issued } },
    refusals: ['conflict', 'rate_limited', 'token_revoked', 'token_expired'],
    async handle(call) {
      const { role, uses, note, expires_at } = call.body;
      const expiresAt = expires_at === undefined ? undefined : Date.parse(expires_at);
      const made = await call.core.invitations.create({ role, uses, note, expiresAt }, call.actor);
      if (!made.ok) return made;
      const { code, view } = made.value;
      return json(201, { ...toInvitation(view), code, url: invitationUrl(baseOf(call), code) });
    },
  }),
  route({
    method: 'delete',
    path: '/api/v1/invitations/{id}',
    summary: 'Withdraw an invitation. Accounts that were made with it stay.',
    tag: 'users',
    surface: 'own',
    guard: 'operator',
    scope: 'gatewarden:admin',
    confirm: true,
    body: { as: 'json', schema: confirmable({}) },
    answers: { 204: { description: 'Withdrawn.' } },
    refusals: ['not_found'],
    async handle({ core, params, actor }) {
      const ended = await core.invitations.revoke(params.id ?? '', actor);
      return ended.ok ? noContent() : ended;
    },
  }),
];
