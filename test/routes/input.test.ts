import { deepEqual, equal } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/http.ts';
import { codeOf, password, type Site, site } from './site.ts';

let here: Site;
let admin: Client;
before(async () => {
  here = await site();
  admin = await here.signedIn('ada', 'admin');
});
after(() => here[Symbol.asyncDispose]());

const post = (body: string, type = 'application/json') =>
  admin.send('/auth/api/v1/users', { method: 'POST', body, headers: { 'content-type': type } });

const proven = `"current_password":${JSON.stringify(password)}`;

const refused: readonly (readonly [why: string, body: string, answer: string, type?: string])[] = [
  ['JSON that is not JSON', '{', '400 validation_failed'],
  ['a list', '[]', '400 validation_failed'],
  ['a number', '7', '400 validation_failed'],
  ['nothing', '', '400 validation_failed'],
  ['an object in place of a name', '{"username":{"$ne":null}}', '400 validation_failed'],
  ['a list in place of a password', '{"username":"a","password":["x"]}', '400 validation_failed'],
  ['a field that there is not', '{"username":"a","is_admin":true}', '400 validation_failed'],
  ['__proto__', '{"username":"a","__proto__":{"role":"admin"}}', '400 validation_failed'],
  ['constructor', '{"username":"a","constructor":{"prototype":{}}}', '400 validation_failed'],
  ['more than 100 kB', JSON.stringify({ username: 'x'.repeat(110_000) }), '413 payload_too_large'],
  ['a form', 'username=a', '415 unsupported_media_type', 'application/x-www-form-urlencoded'],
  ['plain text', '{}', '415 unsupported_media_type', 'text/plain'],
  ['a type that only begins alike', '{}', '415 unsupported_media_type', 'application/jsonp'],
  ['another charset', '{}', '415 unsupported_media_type', 'application/json; charset=iso-8859-1'],
  ['NUL in a name', `{"username":"a\\u0000",${proven}}`, '400 validation_failed'],
  ['half a surrogate pair', `{"username":"a\\ud800",${proven}}`, '400 validation_failed'],
];

for (const [why, body, answer, type] of refused) {
  test(`${why}: ${answer}`, async () => equal(await codeOf(await post(body, type)), answer));
}

test('problems name their fields and repeat nothing', async () => {
  const answer = await post('{"username":5,"password":true,"secret-of-mine":"hunter2"}');
  const text = await answer.text();
  const { errors } = JSON.parse(text) as { errors: { field: string; message: string }[] };
  deepEqual(errors, [
    { field: 'username', message: 'must be a text' },
    { field: 'password', message: 'must be a text' },
    { field: 'secret-of-mine', message: 'is no field of this call' },
  ]);
  equal(text.includes('hunter2'), false);
});

test('a compressed body is refused before it grows', async () => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const answer = await admin.send('/auth/api/v1/users', { method: 'POST', body: 'x', headers });
  equal(await codeOf(answer), '415 unsupported_media_type');
});

test('who may not call is told so before the body is read', async () => {
  const answer = await here.client().json('/auth/api/v1/users', { nonsense: true });
  equal(await codeOf(answer), '401 missing_credential');
});

test('what cannot be decoded in a path is 400, what is not there 404', async () => {
  equal(await codeOf(await admin.send('/auth/api/v1/users/%ff')), '400 validation_failed');
  for (const path of [
    '/auth/nothing',
    '/auth/LOGIN',
    '/auth/login/',
    '/auth/api/v1/users/',
    '/auth/assets/style.css',
  ]) {
    equal(await codeOf(await admin.send(path)), '404 not_found');
  }
});

const bodiless: readonly (readonly [method: string, path: string, status: number, type?: string])[] = [
  ['POST', '/auth/login', 401],
  ['POST', '/auth/login', 401, 'text/plain'],
  ['POST', '/auth/setup', 404],
  ['POST', '/auth/api/v1/login', 400],
  ['POST', '/auth/api/v1/users', 400],
  ['POST', '/auth/oauth/token', 400],
  ['PUT', '/auth/api/v1/account/password', 400],
  ['DELETE', '/auth/api/v1/session', 204],
];
for (const [method, path, status, type] of bodiless) {
  test(`${method} ${path} without a body${type ? ` of type ${type}` : ''}: an empty one, ${status}`, async () => {
    const client = here.client();
    await client.form('/auth/login', { username: 'ada', password });
    const headers: Record<string, string> = type ? { 'content-type': type } : {};
    equal((await client.send(path, { method, headers })).status, status);
  });
}

test('POST /logout without a body ends the session', async () => {
  const client = here.client();
  await client.form('/auth/login', { username: 'ada', password });
  const cookie = client.jar.header;
  const answer = await client.send('/auth/logout', { method: 'POST' });
  deepEqual([answer.status, answer.headers.get('location')], [303, '/auth/login?signed_out=1']);
  equal((await fetch(`${here.address}/auth/api/v1/session`, { headers: { cookie } })).status, 401);
});
