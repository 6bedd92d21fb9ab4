import { deepEqual, equal } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeToken } from '../../lib/crypto/random.ts';
import { type Besieged, besieged, own, password } from './fronts.ts';

let here: Besieged;
before(async () => {
  here = await besieged({ loginMaxFailures: 10_000, loginMaxFailuresAddress: 10_000, loginMaxFailuresUser: 10_000 });
  await here.addUser('ada', { role: 'admin' });
});
after(() => here[Symbol.asyncDispose]());

/** What did not happen: nobody was signed in, made, given a token; nobody but ada is anybody. */
const state = () => [here.rows('sessions'), here.rows('user'), here.rows('api_token'), here.rows('known_addresses')];

/** In JSON's own spelling, so that what JSON.stringify would tidy away is there. */
const values: readonly string[] = [
  ...['null', 'true', '7', '1e999', '[]', '["ada"]', '[["ada"]]', '{}'],
  ...['{"$ne":null}', '{"$gt":""}', '{"$regex":".*"}', '{"toString":"ada"}', '{"length":3}'],
  ...['{"__proto__":{"role":"admin"}}', '{"constructor":{"prototype":{"role":"admin"}}}'],
];

const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/login': ['username', 'password'],
  '/api/v1/account/password': ['current_password', 'new_password'],
  '/api/v1/tokens': ['name', 'role', 'scopes', 'expires_at', 'current_password'],
  '/api/v1/users': ['username', 'password', 'role', 'email', 'display_name', 'current_password'],
  '/api/v1/users/ada/token': ['type', 'role', 'current_password'],
  '/api/v1/clients': ['client_id', 'name', 'role', 'scopes', 'expires_at', 'current_password'],
  '/api/v1/invitations': ['role', 'uses', 'note', 'expires_at', 'current_password'],
  '/api/v1/signup': ['username', 'password', 'email', 'display_name', 'invitation'],
};

const proper: Readonly<Record<string, string>> = {
  username: '"ada"',
  password: '"a lamp among quiet herons"',
  current_password: '"a lamp among quiet herons"',
  new_password: '"four herons by a lantern"',
  name: '"mine"',
};

/** Every field as it should be, but one. */
function bodyWith(path: string, field: string, value: string): string {
  const fields = (fieldsOf[path] ?? []).filter((one) => one !== field && proper[one] !== undefined);
  return `{${[...fields.map((one) => `"${one}":${proper[one]}`), `"${field}":${value}`].join(',')}}`;
}

/** An empty list of scopes is one, and 7 a number of uses. */
const isMeant = (field: string, value: string) =>
  (field === 'scopes' && (value === '[]' || value === '["ada"]')) || (field === 'uses' && value === '7');

for (const [path, fields] of Object.entries(fieldsOf)) {
  for (const field of fields) {
    test(`something else in place of the text ${field} of ${path}`, async () => {
      const cookie = await here.gateway.signIn('ada');
      const headers: Record<string, string> = path === '/api/v1/login' ? {} : { origin: here.gateway.url, cookie };
      const before = [...state(), here.hashes()];
      const method = path.endsWith('/password') ? 'PUT' : 'POST';
      for (const value of values.filter((one) => !isMeant(field, one))) {
        const reply = await here.gateway.json(method, own + path, bodyWith(path, field, value), headers);
        deepEqual([value, reply.status, reply.code], [value, 400, 'validation_failed']);
      }
      deepEqual([...state(), here.hashes()], before);
    });
  }
}

describe('fields that nobody asked for', () => {
  for (const more of ['"role":"admin"', '"__proto__":{"role":"admin"}', '"constructor":{}', '"$where":"1"']) {
    test(`${more} beside a right password`, async () => {
      const before = state();
      const body = `{"username":"ada","password":"${password}",${more}}`;
      const reply = await here.gateway.json('POST', `${own}/api/v1/login`, body);
      deepEqual([reply.status, reply.code], [400, 'validation_failed']);
      deepEqual(state(), before);
    });
  }

  for (const body of ['[]', 'null', '"ada"', '[{"username":"ada"}]', '{', '', '\u0000', '{"username":"ada"}{}']) {
    test(`${JSON.stringify(body)} in place of an object`, async () => {
      const reply = await here.gateway.json('POST', `${own}/api/v1/login`, body);
      deepEqual([reply.status, reply.code], [400, 'validation_failed']);
    });
  }
});

describe('a form of the sign-in', () => {
  const secret = encodeURIComponent(password);
  const forms = {
    'an operator in brackets': `username[$ne]=x&password[$ne]=x`,
    'a list in brackets': `username[]=ada&password[]=${secret}`,
    'the name twice': `username=ada&username=ada&password=${secret}`,
    'the password twice': `username=ada&password=${secret}&password=${secret}`,
    __proto__: `__proto__[username]=ada&__proto__[password]=${secret}`,
    '__proto__ whole': `__proto__=ada&constructor=ada`,
    'a thousand fields before': `${'a=1&'.repeat(1000)}username=ada`,
    'NUL behind the name': `username=ada%00&password=${secret}`,
    'NUL behind the password': `username=ada&password=${secret}%00`,
    'bytes that are not UTF-8': `username=ada&password=%ff%fe${secret}`,
  };
  for (const [title, body] of Object.entries(forms)) {
    test(`with ${title} signs nobody in`, async () => {
      const before = state();
      for (const front of here.fronts) {
        const reply = await front.form(`${own}/login`, body);
        deepEqual([[400, 401, 413].includes(reply.status), reply.setCookie], [true, []]);
      }
      deepEqual(state(), before);
    });
  }
});

describe('text that is no text', () => {
  for (const text of ['ada\\u0000', '\\ud800', 'ada\\udfff', '\\ud83d', '\\u202eada', 'ada\\r\\nx: y', '']) {
    test(`"${text}" as name and as password is a plain wrong one`, async () => {
      const before = state();
      for (const body of [
        `{"username":"${text}","password":"${password}"}`,
        `{"username":"ada","password":"${text}"}`,
      ]) {
        const hashes = here.hashes();
        const reply = await here.gateway.json('POST', `${own}/api/v1/login`, body);
        deepEqual([reply.status, reply.code, here.hashes() - hashes], [401, 'invalid_credentials', 1]);
      }
      deepEqual(state(), before);
      for (const { actor = '' } of (await here.gate.audit.list({ limit: 5 })).items) {
        equal(/[\u0000-\u001f\u007f\u202e]/.test(actor) || !actor.isWellFormed(), false);
      }
    });
  }

  test('half a surrogate pair in place of the last letter does not stand for another', async () => {
    await here.gate.users.create({ username: 'sue', password: 'sixteen letters \ufffd' });
    const reply = await here.gateway.json(
      'POST',
      `${own}/api/v1/login`,
      '{"username":"sue","password":"sixteen letters \\ud800"}',
    );
    deepEqual([reply.status, reply.code], [401, 'invalid_credentials']);
  });
});

describe('too much text', () => {
  const megabyte = 'x'.repeat(1_000_000);
  const doors: readonly (readonly [string, string, string])[] = [
    ['POST', '/login', `username=ada&password=${megabyte}`],
    ['POST', '/logout', `next=${megabyte}`],
    ['POST', '/setup', `token=${megabyte}`],
    ['POST', '/oauth/token', `grant_type=refresh_token&refresh_token=${megabyte}`],
    ['POST', '/api/v1/login', JSON.stringify({ username: megabyte, password })],
    ['PUT', '/api/v1/account/password', JSON.stringify({ current_password: megabyte, new_password: 'x' })],
    ['POST', '/api/v1/tokens', JSON.stringify({ name: 'mine', current_password: megabyte })],
  ];
  for (const [method, path, body] of doors) {
    test(`a megabyte at ${path}`, async () => {
      const cookie = await here.gateway.signIn('ada');
      const before = [...state(), here.hashes()];
      for (const front of here.fronts) {
        const headers = { origin: front.url, cookie };
        const type = body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded';
        const reply = await front.ask(own + path, { method, body, headers: { ...headers, 'content-type': type } });
        equal(reply.status, 413);
      }
      deepEqual([...state(), here.hashes()], before);
    });
  }

  for (const door of ['/login', '/api/v1/login', '/api/v1/tokens']) {
    test(`73 bytes that differ at the end are two passwords (${door})`, async () => {
      const secret = `${'seventy-two bytes '.repeat(4)}A`;
      const name = `long${door.replaceAll('/', '-')}`;
      const made = await here.gate.users.create({ username: name, password: secret });
      equal(made.ok, true);
      const signedIn = await here.gateway.form(`${own}/login`, { username: name, password: secret });
      equal(signedIn.status, 303);
      const cookie = (signedIn.setCookie[0] ?? '').split(';')[0] ?? '';
      const before = state();
      const [typed, origin] = [`${secret.slice(0, -1)}B`, here.gateway.url];
      const reply =
        door === '/login'
          ? await here.gateway.form(own + door, { username: name, password: typed })
          : await here.gateway.json(
              'POST',
              own + door,
              door === '/api/v1/login'
                ? { username: name, password: typed }
                : { name: 'mine', current_password: typed },
              { origin, cookie },
            );
      equal(reply.status, door === '/api/v1/tokens' ? 403 : 401);
      deepEqual(state(), before);
    });
  }
});

describe('a refresh that is none', () => {
  const grants = {
    'no grant': 'refresh_token=x',
    'another grant': `grant_type=password&username=ada&password=${encodeURIComponent(password)}`,
    'a token of nobody': `grant_type=refresh_token&refresh_token=${makeToken('gwr_')}`,
    'an API token': `grant_type=refresh_token&refresh_token=${makeToken('gwt_')}`,
    'the token twice': 'grant_type=refresh_token&refresh_token=a&refresh_token=b',
    'an object': 'grant_type=refresh_token&refresh_token[$ne]=x',
    NUL: 'grant_type=refresh_token&refresh_token=gwr_%00',
    '4 kB and more': `grant_type=refresh_token&refresh_token=gwr_${'a'.repeat(5000)}`,
  };
  for (const [title, body] of Object.entries(grants)) {
    test(`${title} gives no token`, async () => {
      const before = [...state(), here.hashes()];
      const reply = await here.gateway.form(`${own}/oauth/token`, body, {});
      equal(reply.status, 400);
      equal(/^(invalid_request|invalid_grant|unsupported_grant_type)$/.test(reply.code ?? ''), true);
      equal(/access_token/.test(reply.text), false);
      deepEqual([...state(), here.hashes()], before);
    });
  }

  test('a token that another site’s page sends along with the victim’s cookie', async () => {
    const cookie = await here.gateway.signIn('ada');
    const { text } = await here.gateway.json('POST', `${own}/api/v1/login`, { username: 'ada', password });
    const { refresh_token } = JSON.parse(text) as { refresh_token: string };
    const fields = { grant_type: 'refresh_token', refresh_token };
    const stolen = await here.gateway.form(`${own}/oauth/token`, fields, { cookie, origin: 'https://evil.example' });
    deepEqual([stolen.status, /access_token/.test(stolen.text)], [403, false]);
    const uses = Array.from({ length: 100 }, () => here.gateway.form(`${own}/oauth/token`, fields, {}));
    equal((await Promise.all(uses)).filter(({ status }) => status === 200).length, 1);
  });
});
