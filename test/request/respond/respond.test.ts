import { deepEqual, equal, match } from 'node:assert/strict';
import test from 'node:test';
import { type ErrorCode, errorTable, NotToldError, type Refusal, StoreUnavailableError } from '../../../lib/errors.ts';
import { errorPage, plainFrame } from '../../../lib/pages/index.ts';
import { type RefusalAnswer, respond } from '../../../lib/request/respond/index.ts';
import { refusalOf } from '../../../lib/request/respond/outage.ts';
import { ownHeaders } from '../../../lib/request/respond/own-headers.ts';

const own = ownHeaders({ publicUrl: undefined, adminUrl: undefined, hstsSubdomains: false });

const answer = (refusal: Refusal, more: Partial<RefusalAnswer> = {}) =>
  respond({ refusal, ownHeaders: own, navigation: false, ...more });
const codes = Object.keys(errorTable) as ErrorCode[];

for (const code of codes) {
  const { status, title } = errorTable[code];
  test(`${code} is ${status} in problem+json, kept by no cache`, () => {
    const { headers, body, status: sent } = answer({ code });
    equal(sent, status);
    equal(headers['Content-Type'], 'application/problem+json');
    equal(headers['Cache-Control'], 'no-store');
    equal(headers.Vary, 'Cookie, Authorization, X-Gatewarden-Token');
    deepEqual(JSON.parse(body), { type: `urn:gatewarden:problem:${code}`, title, status, code });
    equal(
      String(headers['WWW-Authenticate'] ?? '').startsWith('Bearer'),
      status === 401 || code === 'malformed_credential' || code === 'insufficient_scope',
    );
    equal('Retry-After' in headers, status === 429 || status === 503);
  });
}

test('a detail and the problems of fields are told', () => {
  const problems = [{ field: 'username', message: 'is too long' }];
  const body = JSON.parse(answer({ code: 'validation_failed', detail: 'Look again.', problems }).body);
  deepEqual([body.detail, body.errors], ['Look again.', problems]);
});

const challenges: readonly (readonly [Refusal, string | undefined, string | undefined])[] = [
  [{ code: 'missing_credential' }, undefined, 'Bearer'],
  [{ code: 'missing_credential' }, 'My "app"\\\r\n', 'Bearer realm="My \\"app\\"\\\\"'],
  [{ code: 'invalid_credentials' }, undefined, 'Bearer'],
  [{ code: 'invalid_token' }, undefined, 'Bearer error="invalid_token"'],
  [{ code: 'token_expired' }, 'app', 'Bearer realm="app", error="invalid_token"'],
  [{ code: 'token_revoked' }, undefined, 'Bearer error="invalid_token"'],
  [{ code: 'malformed_credential' }, undefined, 'Bearer error="invalid_request"'],
  [
    { code: 'insufficient_scope', scope: 'deploy:write' },
    undefined,
    'Bearer error="insufficient_scope", scope="deploy:write"',
  ],
  [{ code: 'insufficient_role' }, 'app', undefined],
  [{ code: 'validation_failed' }, 'app', undefined],
];

for (const [refusal, realm, expected] of challenges) {
  test(`${refusal.code}${realm ? ' with a realm' : ''} is challenged by ${expected ?? 'nothing'}`, () => {
    equal(answer(refusal, { realm }).headers['WWW-Authenticate'], expected);
  });
}

test('Basic is offered for 401 alone, before Bearer to who presented nothing', () => {
  const basic = 'Basic realm="API token as password", charset="UTF-8"';
  const offered = (code: ErrorCode) => answer({ code }, { offerBasic: true }).headers['WWW-Authenticate'];
  deepEqual(offered('missing_credential'), [basic, 'Bearer']);
  deepEqual(offered('invalid_token'), ['Bearer error="invalid_token"', basic]);
  equal(offered('insufficient_scope'), 'Bearer error="insufficient_scope"');
  equal(offered('insufficient_role'), undefined);
});

const waits: readonly (readonly [Refusal, string])[] = [
  [{ code: 'rate_limited', retryAfter: 12.2 }, '13'],
  [{ code: 'rate_limited', retryAfter: 0 }, '1'],
  [{ code: 'store_unavailable' }, '2'],
];
for (const [refusal, expected] of waits) {
  test(`${refusal.code} with ${refusal.retryAfter ?? 'no'} seconds says ${expected}`, () => {
    equal(answer(refusal).headers['Retry-After'], expected);
  });
}

const login = '/_gatewarden/login';
const signIn = (back: string): string => `${login}?next=${encodeURIComponent(back)}`;
const navigations: readonly (readonly [string, Partial<RefusalAnswer> & { refusal: Refusal }, string | undefined])[] = [
  [
    'nobody is signed in',
    { refusal: { code: 'missing_credential' }, target: '/a?b=1&c=2' },
    `${login}?next=%2Fa%3Fb%3D1%26c%3D2`,
  ],
  ['the session is over', { refusal: { code: 'token_expired' }, target: '/a' }, `${login}?next=%2Fa`],
  ['the session was revoked', { refusal: { code: 'token_revoked' }, target: '/a' }, `${login}?next=%2Fa`],
  ['the cookie is bad', { refusal: { code: 'invalid_token' }, target: '/a' }, `${login}?next=%2Fa`],
  [
    'the answer clears a cookie of a session that has ended',
    { refusal: { code: 'token_expired' }, target: '/a', clearCookieHeader: 'gatewarden=; Max-Age=0' },
    `${login}?next=%2Fa&ended=1`,
  ],
  ['a form was posted', { refusal: { code: 'missing_credential' }, target: '/a', method: 'POST' }, `${login}?next=%2F`],
  ['a HEAD was sent', { refusal: { code: 'missing_credential' }, target: '/a', method: 'HEAD' }, `${login}?next=%2Fa`],
  [
    'the target points elsewhere',
    { refusal: { code: 'missing_credential' }, target: '//evil.example' },
    `${login}?next=%2F`,
  ],
  ['nothing is told of the target', { refusal: { code: 'missing_credential' } }, `${login}?next=%2F`],
  ['the role does not suffice', { refusal: { code: 'insufficient_role' }, target: '/a' }, undefined],
  ['the credential is malformed', { refusal: { code: 'malformed_credential' }, target: '/a' }, undefined],
  ['a store is down', { refusal: { code: 'store_unavailable' }, target: '/a' }, undefined],
  ['there is no sign-in page', { refusal: { code: 'missing_credential' }, target: '/a', signIn: undefined }, undefined],
  ['it is to be tried again', { refusal: { code: 'invalid_token' }, target: '/a?b', retry: true }, '/a?b'],
];

for (const [name, asked, location] of navigations) {
  test(`a navigation where ${name} is ${location === undefined ? 'told so' : 'sent on'}`, () => {
    const { status, headers } = respond({ navigation: true, ownHeaders: own, signIn, ...asked });
    equal(headers.Location, location);
    equal(status, location === undefined ? errorTable[asked.refusal.code].status : 303);
    equal(headers['Cache-Control'], 'no-store');
  });
}

test('what is no navigation gets the status, sign-in page or not', () => {
  equal(answer({ code: 'missing_credential' }, { signIn, target: '/a', retry: true }).status, 401);
});

test('a dead cookie is dropped in every form of the answer', () => {
  const clearCookieHeader = 'gatewarden=; Max-Age=0; Path=/';
  for (const navigation of [true, false]) {
    equal(
      respond({ refusal: { code: 'invalid_token' }, ownHeaders: own, navigation, signIn, clearCookieHeader }).headers[
        'Set-Cookie'
      ],
      clearCookieHeader,
    );
  }
});

test('a navigation that signing in does not help is shown a page under a strict policy', () => {
  const shown = answer({ code: 'insufficient_role' }, { navigation: true, signIn, page: ({ code }) => `<p>${code}` });
  deepEqual(
    [shown.status, shown.body, shown.headers['Content-Type']],
    [403, '<p>insufficient_role', 'text/html; charset=utf-8'],
  );
  equal(String(shown.headers['Content-Security-Policy']).includes("default-src 'none'"), true);
  equal(answer({ code: 'insufficient_role' }, { page: () => 'x' }).headers['Content-Type'], 'application/problem+json');
});

test('a change that could not be told is an outage with `applied`, and a page that says that it stands', () => {
  const refusal = refusalOf(new NotToldError('redis'));
  const told = answer(refusal);
  equal(told.status, 503);
  equal(told.headers['Retry-After'], '2');
  deepEqual([JSON.parse(told.body).code, JSON.parse(told.body).applied], ['store_unavailable', true]);
  const page = errorPage(refusal, plainFrame('/auth'), { requestId: 'a-1' });
  match(page, /The change is made\./);
  match(page, /stands\. Other instances are still being told of it/);
  const outage = JSON.parse(answer(refusalOf(new StoreUnavailableError('redis'))).body);
  deepEqual([outage.code, outage.applied], ['store_unavailable', undefined]);
});
