import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { extractor } from '../../../lib/request/extract/index.ts';
import { incoming } from '../../support/incoming.ts';

const issuer = 'https://app.example.com/_gatewarden';
const extract = extractor({ cookieName: 'gatewarden', issuer });

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown, signature = 'c2ln') => `${part({ alg: 'EdDSA' })}.${part(claims)}.${signature}`;
const ours = jwt({ iss: issuer });
const bent = `${part({ alg: 'EdDSA' })}.${part({ iss: issuer, pad: 'x' }).replace(/.$/, (last) => `${last}=`)}.c2ln`;

type Header = readonly [string, string];
const cookie = (value: string): Header => ['Cookie', value];
const authorization = (value: string): Header => ['Authorization', value];
const own = (value: string): Header => ['X-Gatewarden-Token', value];
const basic = (user: string, password: string): Header =>
  authorization(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
const accessToken = (token: string) => ({ kind: 'access-token', token }) as const;
const session = (value: string, ...others: string[]) =>
  others.length === 0 ? { kind: 'session', cookie: value } : { kind: 'session', cookie: value, others };

const accepted: readonly (readonly [string, readonly Header[], readonly object[], boolean])[] = [
  ['no header at all is no credential', [], [], false],
  ['cookies of others are no credential', [cookie('a=1; xgatewarden=2; gatewarden2=3')], [], false],
  ['a name that only ends the value of another is no credential', [cookie('a=gatewarden')], [], false],
  ['the session cookie, decoded', [cookie('a=1; gatewarden=s%3Aid.sig')], [session('s:id.sig')], false],
  ['the session cookie among others, without spaces', [cookie('a=1;gatewarden=x;b=2')], [session('x')], false],
  ['an empty session cookie is one, and bad', [cookie('gatewarden=')], [session('')], false],
  ['a session cookie that cannot be decoded stays raw', [cookie('gatewarden=%zz')], [session('%zz')], false],
  [
    'the session cookie in the second of two Cookie headers',
    [cookie('a=1'), cookie('gatewarden=x')],
    [session('x')],
    false,
  ],
  ['an API token', [authorization('Bearer gwt_abc')], [{ kind: 'api-token', token: 'gwt_abc' }], false],
  ['the scheme in any case', [authorization('bEARER gwt_abc')], [{ kind: 'api-token', token: 'gwt_abc' }], false],
  ['a JWT of our issuer', [authorization(`Bearer ${ours}`)], [{ kind: 'access-token', token: ours }], false],
  [
    'a JWT of ours without signature stays ours',
    [authorization(`Bearer ${jwt({ iss: issuer }, '')}`)],
    [{ kind: 'access-token', token: jwt({ iss: issuer }, '') }],
    false,
  ],
  ['a JWT of another issuer is foreign', [authorization(`Bearer ${jwt({ iss: `${issuer}/` })}`)], [], true],
  ['a JWT whose payload is no object is foreign', [authorization(`Bearer ${jwt(null)}`)], [], true],
  ['five parts are no JWT of ours', [authorization(`Bearer ${ours}.a.b`)], [], true],
  ['an opaque bearer is foreign', [authorization('Bearer abc')], [], true],
  ['Basic is foreign', [authorization('Basic YTpi')], [], true],
  ['a scheme that begins like Bearer is foreign', [authorization('BearerX gwt_abc')], [], true],
  ['a scheme alone is foreign', [authorization('Negotiate')], [], true],
  ['Digest with its commas is foreign', [authorization('Digest username="a", uri="/"')], [], true],
  ['a cookie beside a foreign header', [cookie('gatewarden=x'), authorization('Basic YTpi')], [session('x')], true],
  [
    'a cookie beside a token',
    [cookie('gatewarden=x'), authorization('Bearer gwt_a')],
    [session('x'), { kind: 'api-token', token: 'gwt_a' }],
    false,
  ],
  ['two session cookies', [cookie('gatewarden=a; gatewarden=b')], [session('a', 'b')], false],
  ['one session cookie twice', [cookie('gatewarden=a; b=1;  gatewarden =a')], [session('a')], false],
  ['session cookies in two headers', [cookie('gatewarden=a'), cookie('gatewarden=b')], [session('a', 'b')], false],
  ['a session cookie beside one that cannot be read', [cookie('gatewarden=a%00; gatewarden=b')], [session('b')], false],
  ['an X-Gatewarden-Token', [own('gwt_a')], [{ kind: 'api-token', token: 'gwt_a' }], false],
  ['a JWT as X-Gatewarden-Token', [own(ours)], [{ kind: 'access-token', token: ours }], false],
  [
    'an X-Gatewarden-Token beside a foreign header',
    [own('gwt_a'), authorization('Bearer abc')],
    [{ kind: 'api-token', token: 'gwt_a' }],
    true,
  ],
  [
    'Basic with a token as its password',
    [basic('ada', 'gwt_a:b')],
    [{ kind: 'api-token', token: 'gwt_a:b', basic: true }],
    false,
  ],
  ['Basic with a token as its name is neither ours nor the upstream’s', [basic('gwt_a', 'x')], [], false],
  ['a client’s id and secret are read, to be refused', [basic('ci', 'gws_a')], [accessToken('gws_a')], false],
  [
    'a client’s secret as Bearer is read, to be refused',
    [authorization('Bearer gws_a')],
    [accessToken('gws_a')],
    false,
  ],
  ['so is a refresh token', [authorization('Bearer gwr_a')], [accessToken('gwr_a')], false],
  ['so is an invitation', [authorization('Bearer gwi_a')], [accessToken('gwi_a')], false],
  ['a token in the query is none', [['X-Token', 'gwt_abc']], [], false],
];

for (const [name, headers, credentials, foreign] of accepted) {
  test(`credentials: ${name}`, () => {
    deepEqual(extract(incoming({ headers }), false), { kind: 'credentials', credentials, foreign });
  });
}

const refused: readonly (readonly [string, readonly Header[]])[] = [
  ['two Authorization headers', [authorization('Bearer gwt_a'), authorization('Bearer gwt_a')]],
  ['two Authorization headers in different case', [authorization('Basic YTpi'), ['aUTHORIZATION', 'Bearer gwt_a']]],
  ['two Authorization headers joined by a proxy', [authorization('Basic YTpi, Bearer gwt_a')]],
  ['two bearers joined by a proxy', [authorization('Bearer gwt_a, Bearer gwt_b')]],
  [
    'two Origin headers',
    [
      ['Origin', 'https://a'],
      ['origin', 'https://a'],
    ],
  ],
  ['two session cookies that cannot be read', [cookie('gatewarden=a%00; gatewarden=b%00')]],
  ['two X-Gatewarden-Token headers', [own('gwt_a'), own('gwt_a')]],
  ['an X-Gatewarden-Token with a scheme', [own('Bearer gwt_a')]],
  ['an X-Gatewarden-Token of somebody else', [own('abc')]],
  ['an empty X-Gatewarden-Token', [own('')]],
  ['an X-Gatewarden-Token with a list', [own('gwt_a, gwt_b')]],
  ['an empty Authorization header', [authorization('')]],
  ['Bearer without a token', [authorization('Bearer')]],
  ['Bearer with an empty token', [authorization('Bearer ')]],
  ['Bearer and two spaces', [authorization('Bearer  gwt_a')]],
  ['Bearer and a tab', [authorization('Bearer\tgwt_a')]],
  ['a bearer with something behind it', [authorization('Bearer gwt_a x')]],
  ['a bearer with characters beyond token68', [authorization('Bearer gwt_a"')]],
  ['padding in the middle of a bearer', [authorization(`Bearer ${bent}`)]],
  ['a header that begins with no scheme', [authorization('"x" y')]],
  ['a session cookie over 4,096 bytes', [cookie(`gatewarden=${'a'.repeat(4097)}`)]],
  ['a session cookie with an encoded NUL', [cookie('gatewarden=a%00b')]],
  ['a session cookie with a tab', [cookie('gatewarden=a\tb')]],
];

for (const [name, headers] of refused) {
  test(`malformed: ${name}`, () => equal(extract(incoming({ headers }), false).kind, 'malformed'));
}

const onOwnRoutes: readonly (readonly [string, string, object | 'foreign'])[] = [
  ['a bearer that nobody knows is ours', 'Bearer abc', { kind: 'access-token', token: 'abc' }],
  [
    'a JWT of another issuer is ours',
    `Bearer ${jwt({ iss: 'x' })}`,
    { kind: 'access-token', token: jwt({ iss: 'x' }) },
  ],
  ['an API token is an API token', 'Bearer gwt_a', { kind: 'api-token', token: 'gwt_a' }],
  ['Basic is foreign', 'Basic YTpi', 'foreign'],
];

for (const [name, value, expected] of onOwnRoutes) {
  test(`on our own routes ${name}`, () => {
    const foreign = expected === 'foreign';
    const credentials = foreign ? [] : [expected];
    deepEqual(extract(incoming({ headers: [authorization(value)] }), true), {
      kind: 'credentials',
      credentials,
      foreign,
    });
  });
}

test('on our own routes Basic with a token is no credential, and not passed on', () => {
  const extracted = extract(incoming({ headers: [basic('ada', 'gwt_a')] }), true);
  deepEqual(extracted, { kind: 'credentials', credentials: [], foreign: false });
});

test('the 4,096th byte of a session cookie is still read', () => {
  const value = 'a'.repeat(4096);
  deepEqual(extract(incoming({ headers: [cookie(`gatewarden=${value}`)] }), false), {
    kind: 'credentials',
    credentials: [session(value)],
    foreign: false,
  });
});

test('what came before on the same connection does not stick to what comes after', () => {
  const { socket } = incoming();
  const bearer = authorization('Bearer abc');
  const steps: readonly (readonly [readonly Header[], boolean])[] = [
    [[cookie('gatewarden=a')], false],
    [[cookie('gatewarden=a')], false],
    [[cookie('gatewarden=b')], false],
    [[], false],
    [[cookie('gatewarden=b'), bearer], false],
    [[cookie('gatewarden=b'), bearer], true],
    [[bearer], true],
    [[bearer], false],
    [[cookie('gatewarden=a'), bearer, bearer], false],
  ];
  for (const [headers, onOwn] of steps) {
    const again = incoming({ headers });
    const alone = extract(incoming({ headers }), onOwn);
    deepEqual(extract(Object.assign(again, { socket }), onOwn), alone);
  }
});
