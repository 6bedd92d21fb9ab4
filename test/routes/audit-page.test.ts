import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/http.ts';
import { codeOf, type Site, site } from './site.ts';

let here: Site;
let admin: Client;

before(async () => {
  here = await site();
  admin = await here.signedIn('ada', 'admin');
  const agent = `Mozilla/5.0 <script>alert("1")</script>`;
  await admin.send('/auth/api/v1/users/a<b', { headers: { 'user-agent': agent, authorization: 'Bearer gwt_none' } });
  for (let n = 0; n < 60; n += 1) await here.gate.users.create({ username: `many${n}`, role: 'viewer' });
});
after(() => here[Symbol.asyncDispose]());

async function shown(query: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await admin.send(`/auth/admin/audit${query}`, { headers });
  equal(answer.status, 200);
  return answer.text();
}

const subjectsIn = (page: string): string[] =>
  [...page.matchAll(/<tr>\s*<th scope="row">.*?<\/tr>/gs)].map(([row]) => /subject=[^"]*/.exec(row)?.[0] ?? '');
const linkTo = (page: string, rel: string): string =>
  (new RegExp(`href="[^"]*/admin/audit([^"]*)"[^>]*${rel}`).exec(page)?.[1] ?? '').replaceAll('&amp;', '&');

test('the newest records come first, fifty on a page, and links lead on and back with the filter', async () => {
  const first = await shown('?event=user.changed&zone=UTC');
  const rows = subjectsIn(first);
  deepEqual([rows.length, rows[0], rows[49]], [50, 'subject=user%3Amany59', 'subject=user%3Amany10']);
  const next = linkTo(first, 'data-inline rel="next"');
  match(next, /^\?event=user\.changed&zone=UTC&cursor=/);
  const second = await shown(next);
  deepEqual([subjectsIn(second).length, linkTo(second, 'data-inline rel="next"')], [11, '']);
  match(second, /href="\/auth\/admin\/audit\?event=user\.changed&amp;zone=UTC" data-inline>First page/);
  match(second, /href="\/auth\/admin\/audit\.csv\?event=user\.changed&amp;zone=UTC"/, 'the file has all pages');
});

test('filters hold together, and the form shows them', async () => {
  const page = await shown('?subject=user:many7&event=user.changed&outcome=ok&from=2020-01-01T00:00&zone=Asia/Tokyo');
  deepEqual(subjectsIn(page), ['subject=user%3Amany7']);
  match(page, /<option value="user\.changed" selected>User changed/);
  match(page, /name="subject" value="user:many7"/);
  match(page, /value="2019-12-31T15:00" data-at="2019-12-31T15:00:00\.000Z"/, 'in UTC, where there is no script');
  match(await shown('?subject=user:nobody'), /No record is like that\./);
});

test('an event or an outcome that is none of those offered is shown as it is', async () => {
  const page = await shown('?event=one.of.old&outcome=%3Cb%3E');
  match(page, /<option value="one\.of\.old" selected>one\.of\.old/);
  match(page, /<option value="&lt;b&gt;" selected>&lt;b&gt;/);
});

test('what cannot be a filter is said at its field', async () => {
  const answer = await admin.send(`/auth/admin/audit?from=soon&actor=${'x'.repeat(129)}`);
  equal(answer.status, 400);
  const page = await answer.text();
  match(page, /id="from-hint">The beginning must be a time\./);
  match(page, /id="actor-hint">The name must not be longer than 128 characters\./);
  doesNotMatch(page, /<table/);
});

test('a record has a page of its own, with all that is known, escaped', async () => {
  const [record] = (await here.gate.audit.list({ event: 'access.denied' })).items;
  const page = await shown(`/${record?.id}`);
  match(page, /<h1>Access denied<\/h1>/);
  match(page, /<dt>They were told<\/dt><dd><bdi>[A-Z]/);
  match(page, /<bdi>Mozilla\/5\.0 &lt;script&gt;/);
  match(page, /\/users\/a(&lt;|%3C)b/);
  doesNotMatch(page, /<script>alert/);
  match(page, /href="\/auth\/admin\/audit\?from=\d{4}-[^"]*&amp;zone=UTC"/);
  const [made] = (await here.gate.audit.list({ event: 'user.changed', limit: 1 })).items;
  match(await shown(`/${made?.id}`), /href="\/auth\/admin\/users\/many59">The user <bdi>many59/);
  const around = linkTo(page, '>Five minutes');
  equal(subjectsIn(await shown(around)).length, 50);
  for (const id of ['none-such', record?.id.slice(0, -1), `${record?.id}0`]) {
    equal(await codeOf(await admin.send(`/auth/admin/audit/${id}`)), '404 not_found');
  }
});

test('the page is there in German', async () => {
  const page = await shown('?event=user.changed', { 'accept-language': 'de' });
  match(page, /<html lang="de"/);
  match(page, /Benutzer geändert/);
});

test('only admins see the log', async () => {
  const olga = await here.signedIn('olga', 'operator');
  for (const path of ['/auth/admin/audit', '/auth/admin/audit/x']) {
    equal(await codeOf(await olga.send(path)), '403 insufficient_role');
    equal(await codeOf(await here.client().send(path)), '401 missing_credential');
  }
});
