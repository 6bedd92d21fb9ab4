import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AuthorizationServer, authorizationServer, basic, type ClientSecret, type Form } from './server.ts';

let here: AuthorizationServer;
let ci: ClientSecret;
before(async () => {
  // Every case fails on purpose; how many may do so is not the matter here.
  here = await authorizationServer({ loginMaxFailures: 10_000, loginMaxFailuresAddress: 10_000 });
  ci = await here.client('ci', { scopes: ['gatewarden:read'] });
  await here.client('off');
  await here.gate.clients.edit('off', { active: false });
});
after(() => here[Symbol.asyncDispose]());

const own = 'grant_type=client_credentials';
const long = 'a'.repeat(32_768);

/** `CI` stands for the credentials of the client in the body. */
const cases: readonly (readonly [why: string, form: Form, authorization: string | undefined, answer: string])[] = [
  ['an empty body', '', undefined, '400 invalid_request'],
  ['an empty grant type', 'grant_type=', undefined, '400 invalid_request'],
  ['a grant type twice', `${own}&${own}&CI`, undefined, '400 invalid_request'],
  ['a grant that is none', 'grant_type=implicit&CI', undefined, '400 unsupported_grant_type'],
  ['a grant with the name of a member', 'grant_type=__proto__&CI', undefined, '400 unsupported_grant_type'],
  ['another such name', 'grant_type=constructor&CI', undefined, '400 unsupported_grant_type'],
  ['a grant of 32 kB', `grant_type=${long}&CI`, undefined, '400 invalid_request'],
  [
    'the password grant, which is off',
    'grant_type=password&username=a&password=b',
    undefined,
    '400 unsupported_grant_type',
  ],
  ['no client', own, undefined, '401 invalid_client'],
  ['the public client', `${own}&client_id=gatewarden`, undefined, '401 invalid_client'],
  ['the public client with a secret', `${own}&client_id=gatewarden&client_secret=x`, undefined, '401 invalid_client'],
  ['a client without its secret', `${own}&client_id=ci`, undefined, '401 invalid_client'],
  ['a client with an empty secret', `${own}&client_id=ci&client_secret=`, undefined, '401 invalid_client'],
  ['a secret without a client', `${own}&client_secret=x`, undefined, '400 invalid_request'],
  ['a wrong secret', `${own}&client_id=ci&client_secret=gws_x`, undefined, '401 invalid_client'],
  ['an unknown client', `${own}&client_id=nobody&client_secret=gws_x`, undefined, '401 invalid_client'],
  ['a client that is off', `${own}&client_id=off&client_secret=gws_x`, undefined, '401 invalid_client'],
  ['a client id of 32 kB', `${own}&client_id=${long}&client_secret=x`, undefined, '400 invalid_request'],
  ['a client twice', `${own}&CI&client_id=ci`, undefined, '400 invalid_request'],
  ['Basic and the body', `${own}&CI`, 'ci:x', '400 invalid_request'],
  ['Basic and another client in the body', `${own}&client_id=off`, 'ci:x', '400 invalid_request'],
  ['Basic with a wrong secret', own, 'ci:x', '401 invalid_client'],
  ['Basic with an unknown client', own, 'nobody:x', '401 invalid_client'],
  ['Basic without a colon', own, 'ci', '401 invalid_client'],
  ['Basic without a client', own, ':x', '401 invalid_client'],
  ['Basic without a secret', own, 'ci:', '401 invalid_client'],
  ['Basic with a broken escape', own, 'ci:%zz', '401 invalid_client'],
  ['Basic with escapes that are no UTF-8', own, 'ci:%ff', '401 invalid_client'],
  ['Basic of 32 kB of escapes', own, `ci:${'%'.repeat(8_000)}`, '401 invalid_client'],
  ['Basic with an API token', own, 'ci:gwt_x', '401 invalid_client'],
  ['a scope that the client does not hold', `${own}&CI&scope=gatewarden:admin`, undefined, '400 invalid_scope'],
  ['a scope that nobody declared', `${own}&CI&scope=deploy`, undefined, '400 invalid_scope'],
  ['one of two scopes', `${own}&CI&scope=gatewarden:read deploy`, undefined, '400 invalid_scope'],
  ['a scope with a quote', `${own}&CI&scope=%22`, undefined, '400 invalid_scope'],
  ['a scope with a line break', `${own}&CI&scope=a%0ab`, undefined, '400 invalid_scope'],
  ['two spaces between scopes', `${own}&CI&scope=gatewarden:read  gatewarden:read`, undefined, '400 invalid_scope'],
  ['a scope twice', `${own}&CI&scope=gatewarden:read&scope=gatewarden:read`, undefined, '400 invalid_request'],
  ['32 kB of scopes', `${own}&CI&scope=${'a '.repeat(16_384)}a`, undefined, '400 invalid_scope'],
  ['no refresh token', 'grant_type=refresh_token', undefined, '400 invalid_request'],
  ['an empty refresh token', 'grant_type=refresh_token&refresh_token=', undefined, '400 invalid_request'],
  ['nonsense for a refresh token', 'grant_type=refresh_token&refresh_token=gwr_x', undefined, '400 invalid_grant'],
  ['a refresh token of 32 kB', `grant_type=refresh_token&refresh_token=${long}`, undefined, '400 invalid_request'],
  ['a refresh by an unknown client', 'grant_type=refresh_token&refresh_token=x', 'nobody:x', '401 invalid_client'],
];

const printable = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

for (const [why, form, pair, expected] of cases) {
  test(`${why}: ${expected}`, async () => {
    const headers: Record<string, string> = pair === undefined ? {} : { authorization: `Basic ${btoa(pair)}` };
    const sent = String(form).replace('CI', `client_id=ci&client_secret=${ci.secret}`);
    const answer = await here.post('/oauth/token', sent, headers);
    equal(`${answer.status} ${answer.body.error}`, expected);
    equal(answer.headers.get('content-type')?.split(';')[0], 'application/json');
    equal(answer.headers.get('cache-control'), 'no-store');
    equal(answer.headers.get('pragma'), 'no-cache');
    match(String(answer.body.error_description ?? ''), printable);
    equal(/Basic realm=/.test(answer.headers.get('www-authenticate') ?? ''), answer.status === 401);
    deepEqual(
      Object.keys(answer.body).filter((key) => !['error', 'error_description'].includes(key)),
      [],
    );
  });
}

test('unknown parameters are ignored, empty ones count as absent', async () => {
  const form = `${own}&audience=x&resource=a&resource=b&scope=&refresh_token=&client_id=&client_secret=`;
  const answer = await here.post('/oauth/token', form, basic(ci));
  deepEqual([answer.status, answer.body.scope], [200, 'gatewarden:read']);
  deepEqual([answer.headers.get('cache-control'), answer.headers.get('pragma')], ['no-store', 'no-cache']);
});

test('id and secret may be form-encoded in Basic', async () => {
  const pair = [ci.id, ci.secret].map((text) => text.replace(/./g, (one) => `%${one.charCodeAt(0).toString(16)}`));
  const answer = await here.post('/oauth/token', own, { authorization: `basic ${btoa(pair.join(':'))}` });
  equal(answer.status, 200);
});

test('other schemes are no client, and neither is a token of ours', async () => {
  for (const scheme of ['Digest username="ci"', 'Negotiate abc', 'DPoP abc']) {
    const answer = await here.post('/oauth/token', own, { authorization: scheme });
    equal(`${answer.status} ${answer.body.error}`, '401 invalid_client', scheme);
  }
  const { body } = await here.post('/oauth/token', own, basic(ci));
  const answer = await here.post('/oauth/token', own, { authorization: `Bearer ${body.access_token}` });
  equal(`${answer.status} ${answer.body.error}`, '401 invalid_client');
});

test('an unknown, a disabled and a mistaken client get one answer, word for word', async () => {
  const answers = await Promise.all(
    ['nobody', 'off', 'ci'].map((id) => here.post('/oauth/token', own, basic({ id, secret: 'gws_wrong' }))),
  );
  const seen = answers.map(({ status, headers, body }) => {
    const told = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
    return JSON.stringify([status, told, body]);
  });
  deepEqual(new Set(seen).size, 1);
});
