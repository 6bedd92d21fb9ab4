import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Options } from 'gatewarden';
import { besieged, own, password } from './fronts.ts';
import {
  api,
  type Body,
  bearerOf,
  from,
  frontAt,
  type Headers,
  invite,
  opened,
  outcome,
  signUp,
  unusable,
} from './signing-up.ts';

describe('taking a name', () => {
  const names: readonly (readonly [title: string, names: readonly unknown[]])[] = [
    [
      'that upstreams know as their admin',
      ['admin', 'ADMIN', 'Administrator', 'root', 'system', 'superuser', 'operator'],
    ],
    ['that the installation reserves', ['grafana', 'Grafana']],
    ['that is an address', ['eve@example.com', 'boss@example.com']],
    [
      'that looks like another',
      ['ａdmin', 'аdmin', 'admin ', ' admin', 'admin\u200b', 'ad\u00admin', 'boss\u0000', 'böss'],
    ],
    ['that is a path, a header or a formula', ['../boss', 'a/b', 'x\r\nX-Forwarded-User: boss', '=1+1', '', '.']],
    ['in the space of Gatewarden’s own ids', ['client:ci', 'unknown:x', 'command:root', 'user:boss']],
  ];
  for (const [title, wanted] of names) {
    test(title, async () => {
      await using here = await opened({ reservedNames: 'grafana', newUserIsActive: true });
      const invitation = await invite(here, { uses: 100 });
      const before = [here.rows('user'), here.hashes()];
      for (const [at, username] of wanted.entries()) {
        for (const more of [{}, { invitation }]) {
          equal(outcome(await signUp(frontAt(here, at), { username, ...more })), `${unusable} username`);
        }
      }
      deepEqual([here.rows('user'), here.hashes()], before);
    });
  }

  test('or the address of somebody else, in any case, or of somebody who was deleted', async () => {
    await using here = await opened();
    await here.addUser('ada', { email: 'Ada@example.com' });
    await here.addUser('gone');
    await here.gate.users.remove('gone');
    const before = [here.rows('user'), here.hashes()];
    for (const front of here.fronts) {
      for (const username of ['ada', 'ADA', 'boss', 'gone', 'GONE']) {
        equal(outcome(await signUp(front, { username })), '409 conflict username');
      }
      equal(outcome(await signUp(front, { username: 'eve', email: 'ADA@EXAMPLE.com' })), '409 conflict email');
    }
    deepEqual([here.rows('user'), here.hashes()], before);
    // The address still signs its owner in, and nobody else.
    const reply = await here.gateway.json('POST', api('login'), { username: 'ada@example.com', password });
    equal((JSON.parse(reply.text) as { user: string }).user, 'ada');
  });
});

describe('what an upstream is told of who has signed up', () => {
  test('is no address that only they have given', async () => {
    await using here = await opened({ newUserIsActive: true });
    equal(outcome(await signUp(here.gateway, { username: 'eve', email: 'ceo@example.com' })), '201');
    const cookie = await here.gateway.signIn('eve');
    here.gateway.forget();
    equal((await here.gateway.ask('/inbox', { headers: { cookie } })).status, 200);
    const [received] = here.gateway.received;
    ok(received);
    equal(received.user, 'eve');
    equal(received.rawHeaders.join('\n').includes('ceo@example.com'), false);
  });

  test('is nothing while the account waits: it signs in through no door', async () => {
    await using here = await opened();
    equal(outcome(await signUp(here.gateway, { username: 'eve' })), '201');
    for (const front of here.fronts) {
      front.forget();
      equal(outcome(await front.json('POST', api('login'), { username: 'eve', password })), '403 account_pending');
      const form = await front.form(`${own}/login`, { username: 'eve', password });
      deepEqual([form.status, form.setCookie], [401, []]);
      equal(
        (await front.json('POST', api('login'), { username: 'eve', password: 'a guess' })).code,
        'invalid_credentials',
      );
      deepEqual(front.seen, []);
    }
    equal(here.rows('sessions'), 0);
  });

  test('a role that they asked for themselves: it is no field', async () => {
    await using here = await opened({ newUserIsActive: true });
    for (const more of [
      { role: 'admin' },
      { active: true },
      { emailConfirmed: true },
      { reuse_name: true },
      { id: 'u' },
    ]) {
      equal((await signUp(here.gateway, { username: 'eve', ...more })).status, 400);
    }
    const polluted = `{"username":"eve","password":"${password}","__proto__":{"role":"admin"}}`;
    equal((await here.gateway.json('POST', api('signup'), polluted)).status, 400);
    equal(await here.gate.users.get('eve'), undefined);
  });
});

describe('getting in where it is closed', () => {
  const closed: readonly (readonly [title: string, options: Options, code: string])[] = [
    ['by the setting', { signup: 'closed' }, '403 signup_closed'],
    ['by default', { signup: undefined }, '403 signup_closed'],
    ['with authentication switched off', { authEnabled: false }, '403 auth_disabled'],
    ['without an invitation', { signup: 'invite' }, `${unusable} invitation`],
  ];
  for (const [title, options, code] of closed) {
    test(title, async () => {
      await using here = await opened(options);
      const before = [here.rows('user'), here.hashes()];
      for (const front of here.fronts) {
        equal(outcome(await signUp(front, { username: 'eve' }, { origin: front.url })), code);
      }
      deepEqual([here.rows('user'), here.hashes()], before);
    });
  }

  test('before there is an admin: the first to come is none', async () => {
    await using here = await besieged({ signup: 'open', newUserIsActive: true, defaultRole: 'operator' });
    for (const front of here.fronts) equal(outcome(await signUp(front, { username: 'eve' })), '403 signup_closed');
    await here.addUser('boss', { role: 'admin' });
    equal(outcome(await signUp(here.gateway, { username: 'eve' })), '201');
  });
});

test('10,000 invented people, in small: from one household 30 are added within an hour, and 30 passwords hashed', async () => {
  await using here = await opened();
  const before = [here.rows('user'), here.hashes()];
  const counters = here.rows('attempts');
  for (let round = 0; round < 10; round += 1) {
    const replies = await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        signUp(frontAt(here, at), { username: `x${round}-${at}` }, from(`2001:db8:1:1:${round}::${at + 1}`)),
      ),
    );
    const rest = replies.map(outcome).filter((one) => one !== '201' && one !== '429 rate_limited');
    deepEqual(rest, []);
  }
  deepEqual(
    [here.rows('user'), here.hashes()],
    before.map((count) => count + 30),
  );
  ok(here.rows('attempts') <= counters + 2);
  equal(outcome(await signUp(here.gateway, { username: 'neighbour' }, from('2001:db8:1:2::1'))), '201');
  equal(
    (await here.gateway.json('POST', api('login'), { username: 'boss', password }, from('2001:db8:1:1::1'))).status,
    200,
  );
});

describe('a page of another site that signs its visitor up', () => {
  const foreign: readonly Headers[] = [
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) {
    test(JSON.stringify(headers), async () => {
      await using here = await opened();
      const before = [here.rows('user'), here.hashes()];
      const cookie = await here.gateway.signIn('boss');
      const between = here.hashes();
      for (const front of here.fronts) {
        for (const sent of [headers, { ...headers, cookie }]) {
          equal(outcome(await signUp(front, { username: 'eve' }, sent)), '403 csrf_rejected');
        }
        const form = await front.form(api('signup'), { username: 'eve', password }, { origin: front.url });
        equal(form.status, 415);
      }
      deepEqual([here.rows('user'), here.hashes() - between], [before[0], 0]);
    });
  }

  test('while a program and our own page may', async () => {
    await using here = await opened();
    equal(outcome(await signUp(here.gateway, { username: 'program' })), '201');
    const page = { origin: here.gateway.url, 'sec-fetch-site': 'same-origin' };
    const reply = await signUp(here.gateway, { username: 'person' }, page);
    deepEqual([outcome(reply), reply.setCookie], ['201', []]);
  });

  test('and both may where everybody is signed in by auto-login, which another site uses for nothing', async () => {
    await using here = await opened({ autoLogin: true, autoLoginRole: 'admin', trustedProxies: [] });
    equal(outcome(await signUp(here.gateway, { username: 'program' })), '201');
    const page = { origin: here.gateway.url, 'sec-fetch-site': 'same-origin' };
    equal(outcome(await signUp(here.gateway, { username: 'person' }, page)), '201');
    for (const headers of foreign) {
      equal(outcome(await signUp(here.gateway, { username: 'eve' }, headers)), '403 csrf_rejected');
      const invited = await here.gateway.json('POST', api('invitations'), {}, headers);
      equal(outcome(invited), '403 csrf_rejected');
    }
  });

  test('or makes an admin’s browser invite its owner', async () => {
    await using here = await opened();
    const cookie = await here.gateway.signIn('boss');
    for (const headers of foreign) {
      const body = { role: 'admin', current_password: password };
      const reply = await here.gateway.json('POST', api('invitations'), body, { cookie, ...headers });
      equal(outcome(reply), '403 csrf_rejected');
    }
    // A script of the upstream shares the origin, and does not know the password.
    const same = { cookie, origin: here.gateway.url };
    equal(
      outcome(await here.gateway.json('POST', api('invitations'), {}, same)),
      '403 confirmation_required current_password',
    );
    equal((await here.gate.invitations.list()).items.length, 0);
  });
});

test('something else in place of a text or a number', async () => {
  await using here = await opened();
  const boss = await bearerOf(here, 'boss');
  const values: readonly unknown[] = [
    ...[null, true, 7, [], ['eve'], {}, { $ne: null }, { toString: 'eve' }, { length: 3 }],
    ...['\u0000', '\ud800', 'x'.repeat(100_000)],
  ];
  const before = [here.rows('user'), here.hashes()];
  const bodies: readonly (readonly [path: string, body: Body, fields: readonly string[]])[] = [
    ['signup', { username: 'eve', password }, ['username', 'password', 'email', 'display_name', 'invitation']],
    ['invitations', {}, ['role', 'uses', 'expires_at', 'note']],
  ];
  for (const [path, body, fields] of bodies) {
    for (const field of fields) {
      for (const value of values.filter((one) => !(field === 'uses' && one === 7))) {
        const headers = path === 'signup' ? {} : boss;
        const reply = await here.gateway.json('POST', api(path), { ...body, [field]: value }, headers);
        ok([400, 413].includes(reply.status), `${path} ${field} ${JSON.stringify(value).slice(0, 40)}: ${reply.text}`);
      }
    }
  }
  deepEqual([here.rows('user'), here.hashes()], before);
  equal((await here.gate.invitations.list()).items.length, 0);
});
