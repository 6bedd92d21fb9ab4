import { own } from './attacker.ts';
import { requestOf } from './raw.ts';

/** Makes the bytes of a request that holds a hostile text in one place. */
type Make = (text: string) => Buffer;

const inHeader =
  (name: string, before = ''): Make =>
  (text) =>
    requestOf('/public/x', [`${name}: ${before}${text}x`]);

const form =
  (target: string, field: string, rest = ''): Make =>
  (text) =>
    withBody(target, urlEncoded, `${rest}&${field}=${text}x`);

/** In the value of a field, escaped as JSON has it. */
const json =
  (method: string, target: string, field: string, rest: Readonly<Record<string, unknown>>, line?: string): Make =>
  (text) =>
    withBody(target, 'application/json', JSON.stringify({ ...rest, [field]: `${text}x` }), method, line);

function withBody(target: string, type: string, body: string, method = 'POST', line?: string): Buffer {
  const length = Buffer.byteLength(body);
  const lines = [`Content-Type: ${type}`, `Content-Length: ${length}`, 'Origin: http://localhost'];
  const head = requestOf(`${own}${target}`, line === undefined ? lines : [...lines, line], method);
  return Buffer.concat([head, Buffer.from(body)]);
}

const visible = (text: string): string => text.replace(/[^\x21-\x7e]/g, '');
const inTarget =
  (before: string): Make =>
  (text) =>
    requestOf(`${before}${visible(text)}x`);

const names = [
  ...['Host', 'Cookie', 'Authorization', 'X-Gatewarden-Token', 'X-Forwarded-For', 'X-Forwarded-Proto', 'Forwarded'],
  ...['X-Forwarded-Host', 'X-Forwarded-Port', 'X-Forwarded-Prefix', 'X-Real-IP', 'Origin', 'Accept', 'User-Agent'],
  ...['Connection', 'Content-Type', 'Destination', 'traceparent', 'tracestate', 'X-Request-Id', 'Referer', 'Upgrade'],
];

const urlEncoded = 'application/x-www-form-urlencoded';
const clientCredentials = 'grant_type=client_credentials';
const deviceGrant = encodeURIComponent('urn:ietf:params:oauth:grant-type:device_code');
const user = { username: 'someone', role: 'user' };

/** Every place in which a stranger, or somebody signed in by `bearer`, can put a text of their own. */
export const placesFor = (bearer: string): Readonly<Record<string, Make>> => ({
  'a path': inTarget('/A'),
  'a path of ours': inTarget(`${own}/`),
  'a path of our API': (text) => requestOf(`${own}/api/v1/users/${visible(text)}x`, [bearer]),
  'a query': inTarget('/public/x?a='),
  'next of the sign-in page': inTarget(`${own}/login?next=/a`),
  'the host of a hand-over': inTarget(`${own}/hand-over?binding=b&to=https://a`),
  'the code of a hand-over': inTarget(`${own}/hand-over/redeem?code=`),
  'next of the page to sign out': inTarget(`${own}/logout?next=/a`),
  'the start of a list': (text) => requestOf(`${own}/api/v1/users?cursor=${visible(text)}`, [bearer]),
  'the beginning of a name': (text) => requestOf(`${own}/api/v1/users?q=${visible(text)}`, [bearer]),
  ...Object.fromEntries(names.map((name) => [`the header ${name}`, inHeader(name)])),
  'the original target of nginx': (text) =>
    requestOf(`${own}/verify/nginx`, [`X-Original-URI: /A${visible(text)}x`, 'X-Original-Method: GET']),
  'the original method of Caddy': (text) =>
    requestOf(`${own}/verify/caddy`, [
      'X-Forwarded-Uri: /',
      'X-Forwarded-Host: localhost',
      `X-Forwarded-Method: ${text}`,
    ]),
  'the original target of Envoy': inTarget(`${own}/verify/envoy/A`),
  'our cookie': inHeader('Cookie', 'gatewarden=s%3A'),
  'our cookie, on a page of ours': (text) => requestOf(`${own}/login`, [`Cookie: gatewarden=${text}`]),
  'a bearer token': inHeader('Authorization', 'Bearer '),
  'a JWT': inHeader('Authorization', 'Bearer e30.'),
  'a name and a password in Basic': (text) =>
    requestOf('/public/x', [
      `Authorization: Basic ${Buffer.from(`${text.slice(0, 20_000)}:gwt_x`).toString('base64')}`,
    ]),
  'a header’s name': (text) => requestOf('/public/x', [`X-${text.replace(/[^\w.-]/g, '_')}: a`]),
  'the username of a form': form('/login', 'username', 'password=a-long-password'),
  'the password of a form': form('/login', 'password', 'username=ada'),
  'next of a form': form('/login', 'next', 'username=ada&password=a-long-password'),
  'the token of the first setup': form('/setup', 'token', 'username=ada&password=a-long-password'),
  'a refresh token': form('/oauth/token', 'refresh_token', 'grant_type=refresh_token'),
  'a device code': form('/oauth/token', 'device_code', `grant_type=${deviceGrant}&client_id=gatewarden`),
  'the scope of a device': form('/oauth/device_authorization', 'scope', 'client_id=gatewarden'),
  'the client of a device': form('/oauth/device_authorization', 'client_id'),
  'the user code in a link': inTarget(`${own}/device?user_code=`),
  'a client and its secret in Basic': (text) => {
    const both = Buffer.from(`${text.slice(0, 10_000)}:${text.slice(0, 10_000)}`).toString('base64');
    return withBody('/oauth/token', urlEncoded, clientCredentials, 'POST', `Authorization: Basic ${both}`);
  },
  'the id of a client': form('/oauth/token', 'client_id', `${clientCredentials}&client_secret=x`),
  'the secret of a client': form('/oauth/token', 'client_secret', `${clientCredentials}&client_id=ci`),
  'the scope of a client': form('/oauth/token', 'scope', clientCredentials),
  'the kind of a grant': form('/oauth/token', 'grant_type'),
  'a token to be looked at': (text) => withBody('/oauth/introspect', urlEncoded, `token=${text}x`, 'POST', bearer),
  'a token to be revoked': form('/oauth/revoke', 'token'),
  'the name of who signs up': json('POST', '/api/v1/signup', 'username', { password: 'a-long-password' }),
  'the address of who signs up': json('POST', '/api/v1/signup', 'email', {
    username: 'eve',
    password: 'a-long-password',
  }),
  'the password of who signs up': json('POST', '/api/v1/signup', 'password', { username: 'eve' }),
  'the display name of who signs up': json('POST', '/api/v1/signup', 'display_name', {
    username: 'eve',
    password: 'a-long-password',
  }),
  'the code of an invitation': json('POST', '/api/v1/signup', 'invitation', {
    username: 'eve',
    password: 'a-long-password',
  }),
  'the note of an invitation': json('POST', '/api/v1/invitations', 'note', {}, bearer),
  'the id of a new client': json('POST', '/api/v1/clients', 'client_id', { name: 'CI' }, bearer),
  'the name of a new client': json('POST', '/api/v1/clients', 'name', {}, bearer),
  'the client of a call': (text) => requestOf(`${own}/api/v1/clients/${visible(text)}x`, [bearer]),
  'the username of a call': json('POST', '/api/v1/login', 'username', { password: 'a-long-password' }),
  'the password of a call': json('POST', '/api/v1/login', 'password', { username: 'ada' }),
  'JSON itself': (text) => withBody('/api/v1/login', 'application/json', text),
  'a new username': json('POST', '/api/v1/users', 'username', { role: 'user' }, bearer),
  'a new password': json('POST', '/api/v1/users', 'password', user, bearer),
  'an e-mail address': json('POST', '/api/v1/users', 'email', { ...user, password: 'a-long-password' }, bearer),
  'a display name': json('POST', '/api/v1/users', 'display_name', { ...user, password: 'a-long-password' }, bearer),
  'the end of an invitation': json('POST', '/api/v1/invitations', 'expires_at', {}, bearer),
  'the start of a list of invitations': (text) =>
    requestOf(`${own}/api/v1/invitations?cursor=${visible(text)}`, [bearer]),
  'the name of a token': json('POST', '/api/v1/tokens', 'name', {}, bearer),
  'the end of a token': json('POST', '/api/v1/tokens', 'expires_at', { name: 'ci' }, bearer),
  'the scopes of a token': (text) =>
    withBody(
      '/api/v1/tokens',
      'application/json',
      JSON.stringify({ name: 'ci', scopes: [...text.slice(0, 20_000)] }),
      'POST',
      bearer,
    ),
});
