import { doesNotMatch, match } from 'node:assert/strict';
import test from 'node:test';
import { editClientPage, newClientPage } from '../../lib/pages/admin/client-form.ts';
import { clientQuestionPage } from '../../lib/pages/admin/client-questions.ts';
import { clientPage, clientsPage, issuedClientPage, newSecretPage } from '../../lib/pages/admin/clients.ts';
import {
  invitationsPage,
  issuedInvitationPage,
  newInvitationPage,
  withdrawInvitationPage,
} from '../../lib/pages/admin/invitations.ts';
import { adminPlaces, type Frame, plainFrame } from '../../lib/pages/index.ts';

const hostile = `"><script>alert('x')</script>&`;

const viewer = { name: hostile, role: hostile, places: adminPlaces, canSignOut: true };
const frame: Frame = { ...plainFrame('/_gatewarden'), viewer };

const client = {
  ...{ clientId: hostile, name: hostile, role: hostile, scopes: [hostile], active: true, secrets: [{ createdAt: 1 }] },
  ...{ createdAt: 1, updatedAt: 1, lastUsedAt: 1, expiresAt: 1 },
};
const invitation = {
  ...{ id: hostile, role: hostile, uses: 2, used: 1, invitedBy: hostile, active: true, note: hostile },
  ...{ createdAt: 1, expiresAt: 9 },
};
const everyField = ['name', 'client_id', 'role', 'scopes', 'expires_at', 'note', 'uses', 'current_password'];
const asked = {
  asksPassword: true,
  problem: hostile,
  problems: Object.fromEntries(everyField.map((field) => [field, hostile])),
};
const offered = { roles: [hostile], scopes: [{ name: hostile, least: hostile }] };
const filled = { name: hostile, role: hostile, scopes: [hostile], clientId: hostile, days: hostile, until: hostile };

const pages: readonly (readonly [string, string])[] = [
  ['the list of clients', clientsPage(frame, { clients: [client], now: 0, notice: hostile, next: hostile })],
  ['a client', clientPage(frame, { client, now: 0, tokenEndpoint: hostile, notice: hostile })],
  ['a new client', newClientPage(frame, { ...offered, ...asked, filled, today: hostile })],
  ['a client’s form', editClientPage(frame, hostile, { ...offered, ...asked, filled, current: hostile })],
  ['a secret', issuedClientPage(frame, { clientId: hostile, secret: hostile, tokenEndpoint: hostile, isNew: true })],
  ['the question before a secret', newSecretPage(frame, client, { ...asked, endsOthers: true })],
  ['the question before a deletion', clientQuestionPage(frame, 'delete', client, asked)],
  [
    'the list of invitations',
    invitationsPage(frame, { invitations: [invitation], now: 0, signUpIsClosed: true, notice: hostile, next: hostile }),
  ],
  [
    'a new invitation',
    newInvitationPage(frame, {
      ...{ ...asked, roles: [hostile], signUpIsClosed: false },
      filled: { note: hostile, role: hostile, uses: hostile, days: hostile },
    }),
  ],
  ['an invitation', issuedInvitationPage(frame, { invitation, code: hostile, url: hostile, signUpIsClosed: true })],
  ['the question before a withdrawal', withdrawInvitationPage(frame, invitation, asked)],
];
for (const [what, page] of pages) {
  test(`${what} shows what comes from outside as text`, () => {
    match(page, /&lt;script&gt;/);
    doesNotMatch(page, /<script(?! src="\/_gatewarden\/assets\/)/);
  });
}
