import { z } from 'zod';
import { type Refusal, refused } from '../../../errors.ts';
import {
  invitationsPage,
  issuedInvitationPage,
  type NewInvitationFields,
  newInvitationPage,
  withdrawInvitationPage,
} from '../../../pages/admin/invitations.ts';
import { invitationUrl } from '../../api/invitations.ts';
import { baseOf } from '../../oauth/metadata.ts';
import { html, seeOther } from '../../reply.ts';
import { type Call, type CallContext, needsPassword, route } from '../../route.ts';
import { formAgain } from '../form-again.ts';
import { field, page, redirect, viewerFrameOf } from '../page.ts';

const newForm = z.object({ note: field, role: field, uses: field, days: field, current_password: field });
const confirmation = z.object({ current_password: field });

const day = 86_400_000;

const signUpIsClosed = ({ core }: CallContext): boolean => core.settings.signup === 'closed';

/** The roles that the caller may invite for: operators those below their own, admins all but that of nobody. */
function rolesOf({ core: { ladder }, principal }: CallContext): readonly string[] {
  const isAdmin = ladder.atLeast(principal.role, ladder.rung('admin'));
  return ladder.names.slice(1, ladder.position(principal.role) + (isAdmin ? 1 : 0));
}

function emptyForm(call: CallContext): NewInvitationFields {
  const roles = rolesOf(call);
  const { defaultRole } = call.core.settings;
  const role = roles.includes(defaultRole) ? defaultRole : (roles.at(-1) ?? '');
  return { note: '', role, uses: '1', days: '7' };
}

const formOf = async (call: CallContext) => ({
  ...{ roles: rolesOf(call), signUpIsClosed: signUpIsClosed(call) },
  asksPassword: await needsPassword(call),
});

type Sent = Call<z.output<typeof newForm>>;

const newAgain = (call: Sent, refusal: Refusal) =>
  formAgain(call, refusal, async (text) => {
    const { note = '', role = '', uses = '', days = '' } = call.body;
    const filled = { note, role, uses, days };
    return newInvitationPage(viewerFrameOf(call), { ...(await formOf(call)), filled, ...text });
  });

const invitationOf = ({ core, params, actor }: CallContext) => core.invitations.get(params.id ?? '', actor);

async function withdrawAgain(call: CallContext, refusal: Refusal) {
  const invitation = await invitationOf(call);
  if (invitation === undefined) return refused('not_found');
  return formAgain(call, refusal, (text) =>
    withdrawInvitationPage(viewerFrameOf(call), invitation, { asksPassword: true, ...text }),
  );
}

const common = { tag: 'pages', surface: 'own', guard: 'operator', scope: 'gatewarden:admin' } as const;

/** The page `admin/invitations`. */
export const adminInvitationsRoutes = [
  route({
    ...common,
    method: 'get',
    path: '/admin/invitations',
    summary: 'Invitations, the newest first.',
    query: z.object({ cursor: field, done: field }),
    answers: { 200: page('One part of the list.') },
    async handle(call) {
      const { core, query, actor } = call;
      const { cursor, done } = query;
      const frame = viewerFrameOf(call);
      const list = `${call.prefix}/admin/invitations`;
      const found = await core.invitations.list({ cursor }, actor);
      const shown = invitationsPage(frame, {
        ...{ invitations: found.items, now: core.stores.records.now(), signUpIsClosed: signUpIsClosed(call) },
        notice: done === 'withdrawn' ? frame.words.text('invitations.isWithdrawn') : undefined,
        next: found.next && `${list}?${new URLSearchParams({ cursor: found.next })}`,
        first: cursor && list,
      });
      return html(200, shown);
    },
  }),
  route({
    ...common,
    method: 'get',
    path: '/admin/new-invitation',
    summary: 'The form of a new invitation.',
    answers: { 200: page('The form.') },
    async handle(call) {
      const form = await formOf(call);
      return html(200, newInvitationPage(viewerFrameOf(call), { ...form, filled: emptyForm(call) }));
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/admin/new-invitation',
    summary: 'Make an invitation by that form.',
    confirm: true,
    body: { as: 'form', schema: newForm },
    answers: {
      200: page('The code and its link, shown this once.'),
      400: page('The form, with what is wrong.'),
      403: page('The current password is not right, or the role is not yours to give.'),
      409: page('It would come from too many credentials.'),
      429: page('Too many attempts, or too many invitations.'),
    },
    refusals: ['conflict', 'rate_limited', 'token_revoked', 'token_expired'],
    unconfirmed: newAgain,
    async handle(call) {
      const { role, uses, days, note } = call.body;
      const wish = {
        ...{ role, note, uses: uses === undefined ? undefined : Number(uses) },
        expiresAt: days === undefined ? undefined : call.core.stores.records.now() + Number(days) * day,
      };
      const made = await call.core.invitations.create(wish, call.actor);
      if (!made.ok) return newAgain(call, made.refusal);
      const { code, view } = made.value;
      const url = invitationUrl(baseOf(call), code);
      const shown = { invitation: view, code, url, signUpIsClosed: signUpIsClosed(call) };
      return html(200, issuedInvitationPage(viewerFrameOf(call), shown));
    },
  }),
  route({
    ...common,
    method: 'get',
    path: '/admin/invitations/{id}/withdraw',
    summary: 'The page that asks before an invitation is withdrawn.',
    answers: { 200: page('The question.') },
    refusals: ['not_found'],
    async handle(call) {
      const invitation = await invitationOf(call);
      if (invitation === undefined) return refused('not_found');
      const asked = { asksPassword: await needsPassword(call) };
      return html(200, withdrawInvitationPage(viewerFrameOf(call), invitation, asked));
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/admin/invitations/{id}/withdraw',
    summary: 'Withdraw an invitation by that page. Accounts that were made with it stay.',
    confirm: true,
    body: { as: 'form', schema: confirmation },
    answers: {
      303: redirect('Withdrawn: back to the list.'),
      403: page('The current password is not right.'),
      429: page('Too many attempts.'),
    },
    refusals: ['not_found'],
    unconfirmed: withdrawAgain,
    async handle(call) {
      const ended = await call.core.invitations.revoke(call.params.id ?? '', call.actor);
      if (!ended.ok) return withdrawAgain(call, ended.refusal);
      return seeOther(`${call.prefix}/admin/invitations?done=withdrawn`);
    },
  }),
];
