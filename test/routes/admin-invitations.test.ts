import { deepEqual, doesNotMatch, equal, match, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/http.ts';
import { password, type Site, site } from './site.ts';

let here: Site;
let ada: Client;
let olga: Client;
before(async () => {
  here = await site({ signup: 'invite' });
  ada = await here.signedIn('ada', 'admin');
  olga = await here.signedIn('olga', 'operator');
});
after(() => here[Symbol.asyncDispose]());

const pageOf = async (client: Client, path: string, headers: Record<string, string> = {}) =>
  (await client.send(`/auth${path}`, { headers })).text();

const make = (client: Client, fields: Record<string, string>) =>
  client.form('/auth/admin/new-invitation', { role: 'viewer', uses: '1', days: '7', ...fields });

/** Makes an invitation as the program does; gives its id. */
async function invitation(note: string, role = 'viewer'): Promise<string> {
  const made = await here.gate.invitations.create({ note, role });
  ok(made.ok);
  return made.value.view.id;
}

const noteOf = async (note: string) => (await here.gate.invitations.list()).items.find((one) => one.note === note);

test('an invitation is made with the current password, and its link is shown once', async () => {
  const made = await make(ada, { note: 'the new office', uses: '3', days: '30', current_password: password });
  equal(made.status, 200);
  equal(made.headers.get('cache-control'), 'no-store');
  const text = await made.text();
  const [, link = ''] = /value="(http[^"]+\/auth\/signup#invitation=gwi_[0-9A-Za-z]{36})"/.exec(text) ?? [];
  ok(link.startsWith(here.address), text);
  const kept = await noteOf('the new office');
  deepEqual([kept?.uses, kept?.role, kept?.invitedBy], [3, 'viewer', 'ada']);
  equal(Math.round(((kept?.expiresAt ?? 0) - (kept?.createdAt ?? 0)) / 86_400_000), 30);
  const list = await pageOf(ada, '/admin/invitations');
  match(list, /the new office[\s\S]*Open[\s\S]*0 of 3/);
  doesNotMatch(list, /gwi_/);
  const code = link.split('=')[1] ?? '';
  await here.client().form('/auth/signup', { username: 'new1', password, invitation: code });
  match(await pageOf(ada, '/admin/invitations'), /1 of 3/);
});

const refused: readonly (readonly [string, Record<string, string>, number, RegExp])[] = [
  ['a wrong password', { current_password: 'wrong' }, 403, /id="current-password"[^>]*aria-invalid="true"/],
  ['no password', {}, 403, /id="current-password"[^>]*aria-invalid="true"/],
  ['too many uses', { uses: '101', current_password: password }, 400, /id="uses"[^>]*value="101"[^>]*aria-invalid/],
  ['uses that are no number', { uses: 'many', current_password: password }, 400, /id="uses"[^>]*aria-invalid/],
  ['a strange lifetime', { days: 'x', current_password: password }, 400, /id="days"[^>]*aria-invalid/],
  ['too long a lifetime', { days: '91', current_password: password }, 400, /id="days"[^>]*aria-invalid/],
  ['a role that is none', { role: 'king', current_password: password }, 400, /id="role"[^>]*aria-invalid/],
];
for (const [what, fields, status, said] of refused) {
  test(`${what} makes no invitation, and the form keeps what was typed`, async () => {
    const note = `<i>${what}</i>`;
    const answer = await make(ada, { note, ...fields });
    equal(answer.status, status);
    const text = await answer.text();
    match(text, said);
    match(text, new RegExp(`value="&lt;i&gt;${what}&lt;/i&gt;"`));
    doesNotMatch(text, new RegExp(password), 'no password is shown again');
    equal(await noteOf(note), undefined);
  });
}

test('an operator invites for lower roles, and sees no others', async () => {
  const form = await pageOf(olga, '/admin/new-invitation');
  deepEqual([...form.matchAll(/<option value="(\w+)"/g)].map(([, role]) => role).slice(0, 2), ['viewer', 'user']);
  doesNotMatch(form, /<option value="(operator|admin)"/);
  const above = await make(olga, { note: 'too high', role: 'operator', current_password: password });
  equal(above.status, 403);
  match(await above.text(), /id="role"/, 'it is the form again');
  equal((await make(olga, { note: 'by olga', role: 'user', current_password: password })).status, 200);
  const hidden = await invitation('for admins', 'admin');
  const list = await pageOf(olga, '/admin/invitations');
  match(list, /by olga/);
  doesNotMatch(list, /for admins/);
  equal((await olga.send(`/auth/admin/invitations/${hidden}/withdraw`)).status, 404);
  const path = `/auth/admin/invitations/${hidden}/withdraw`;
  equal((await olga.form(path, { current_password: password })).status, 404);
  ok(await noteOf('for admins'));
});

test('one that is not to be used any more says why', async () => {
  const vic = await here.signedIn('vic', 'operator');
  await make(vic, { note: 'void one', current_password: password });
  await here.gate.users.edit('vic', { role: 'user' });
  match(await pageOf(ada, '/admin/invitations'), /void one[\s\S]{0,200}>Void</);
});

test('an invitation is withdrawn by a page that asks, with the current password', async () => {
  const id = await invitation('going & gone');
  const path = `/admin/invitations/${id}/withdraw`;
  match(await pageOf(ada, path), /<strong><bdi>going &amp; gone<\/bdi><\/strong> is for the role/);
  ok(await noteOf('going & gone'), 'the question changes nothing');
  const wrong = await ada.form(`/auth${path}`, { current_password: 'wrong' });
  equal(wrong.status, 403);
  match(await wrong.text(), /aria-invalid="true"/);
  const done = await ada.form(`/auth${path}`, { current_password: password });
  deepEqual([done.status, done.headers.get('location')], [303, '/auth/admin/invitations?done=withdrawn']);
  equal(await noteOf('going & gone'), undefined);
  match(await pageOf(ada, '/admin/invitations?done=withdrawn'), /The invitation is withdrawn/);
  equal((await ada.send(`/auth${path}`)).status, 404);
});

test('pages follow each other, fifty rows each', async () => {
  await using many = await site();
  const admin = await many.signedIn('ada', 'admin');
  for (let n = 0; n < 51; n += 1) await many.gate.invitations.create({ note: `note ${n}` });
  const first = await pageOf(admin, '/admin/invitations');
  equal(first.match(/scope="row"/g)?.length, 50);
  match(first, /Sign-up is closed/);
  const [, next = ''] = /href="\/auth([^"]+)"[^>]*rel="next"/.exec(first) ?? [];
  const second = await pageOf(admin, next.replaceAll('&amp;', '&'));
  equal(second.match(/scope="row"/g)?.length, 1);
  match(second, /href="\/auth\/admin\/invitations" data-inline>First page/);
});

test('a reader of German reads German', async () => {
  match(await pageOf(ada, '/admin/invitations', { 'accept-language': 'de-AT' }), /Neue Einladung/);
});
