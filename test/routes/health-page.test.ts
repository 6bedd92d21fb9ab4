import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type HeldLog, heldLog } from './held-log.ts';
import { codeOf } from './site.ts';

let here: HeldLog;
before(async () => {
  here = await heldLog();
});
after(() => here[Symbol.asyncDispose]());

const page = '/auth/admin/health';

test('admins read how the stores are, what is kept where, and what runs', async () => {
  const ada = await here.signedIn('ada', 'admin');
  const answer = await ada.send(page);
  equal(answer.status, 200);
  const text = await answer.text();
  match(text, /Everything answers/);
  match(text, /<th scope="row">sqlite<\/th>[^\n]*>well<[^\n]*[\d.]+ ms/);
  match(text, /<dt>Users, tokens, audit log<\/dt><dd>sqlite/);
  match(text, /Gatewarden \d+\.\d+\.\d+[^<]*, Node\.js \d+/);
  match(text, /\d+ MiB/);
  doesNotMatch(text, /Services behind the gateway/, 'there is no gateway');
});

test('operators read it without addresses, others not at all', async () => {
  const olga = await here.signedIn('olga', 'operator');
  const text = await (await olga.send(page)).text();
  match(text, />well</);
  doesNotMatch(text, /What is kept where/);
  const vera = await here.signedIn('vera', 'viewer');
  equal(await codeOf(await vera.send(page)), '403 insufficient_role');
});

test('a store that does not answer is told, in the reader’s language', async () => {
  const eve = await here.signedIn('eve', 'admin');
  here.health = async () => [
    { store: 'mongodb', ok: true, took: 3.25 },
    { store: 'redis', ok: false, problem: 'the connection <was> refused', took: 1234.5 },
  ];
  const text = await (await eve.send(page, { headers: { 'accept-language': 'de' } })).text();
  const rows = [...text.matchAll(/<th scope="row">(\w+)<\/th><td><span class="badge (\w+)">/g)];
  deepEqual(
    rows.map(([, store, state]) => [store, state]),
    [
      ['mongodb', 'good'],
      ['redis', 'bad'],
    ],
  );
  match(text, /Etwas antwortet nicht/);
  match(text, /3,3 ms/);
  match(text, /1\.235 ms/);
  match(text, /the connection &lt;was&gt; refused/);
});
