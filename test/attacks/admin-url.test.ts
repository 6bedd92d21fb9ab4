import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Options } from 'gatewarden';
import { adminOnly } from '../../lib/routes/elsewhere.ts';
import { inventory } from '../../lib/routes/inventory.ts';
import type { Route } from '../../lib/routes/route.ts';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

const publicHost = 'app.site.localhost';
const adminHost = 'accounts.site.localhost';
const apart: Options = { publicUrl: `http://${publicHost}`, adminUrl: `http://${adminHost}` };

type Headers = Readonly<Record<string, string>>;

/** What a page at `from` makes a browser send to `to`, with a cookie. */
const sentBy = (from: string, to: string, cookie: string): Headers => ({
  host: to,
  origin: `http://${from}`,
  'sec-fetch-site': from === to ? 'same-origin' : 'same-site',
  cookie,
});

const navigating: Headers = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none' };
const signInAt = (front: Front, host: string, name = 'ada') => front.signIn(name, { host, origin: `http://${host}` });

const installations: readonly (readonly [name: string, options: Options])[] = [
  ['with a cookie for each host', apart],
  ['with a cookie for both', { ...apart, cookieDomain: 'site.localhost' }],
];

const lineOf = ({ method, path }: Route) => `${method.toUpperCase()} ${path}`;
const targetOf = ({ path }: Route) =>
  own +
  path
    .replace('{username}', 'bob')
    .replace('{name}', 'ci')
    .replace(/\{\w+\}/g, 'none');

/** Bodies that would change something, for routes that take one. */
const wishes = {
  username: 'puppet',
  name: 'stolen',
  role: 'admin',
  current_password: password,
  new_password: 'nine quiet lanterns drift',
};

/** A script may end the session that it runs in, by the form of the sign-out page. */
const reachable = inventory.filter((route) => lineOf(route) !== 'POST /logout');

for (const [name, options] of installations) {
  describe(`a script of the upstream with an admin’s session, ${name}`, () => {
    let here: Besieged;
    let cookie: string;
    before(async () => {
      here = await besieged(options);
      await here.addUser('ada', { role: 'admin' });
      await here.addUser('bob');
      await here.gate.tokens.create('ada', { name: 'ci' });
      cookie = await signInAt(here.gateway, publicHost);
    });
    after(() => here[Symbol.asyncDispose]());

    const state = async () => {
      const users = await here.gate.users.list();
      const tokens = await here.gate.tokens.list('ada');
      return JSON.stringify([users, tokens, here.rows('user'), here.rows('api_token'), here.rows('sessions')]);
    };

    function ask(front: Front, route: Route, headers: Headers) {
      const { method, body } = route;
      if (body === undefined) return front.ask(targetOf(route), { method: method.toUpperCase(), headers });
      if (body.as === 'form') return front.form(targetOf(route), wishes, headers);
      return front.json(method.toUpperCase(), targetOf(route), wishes, headers);
    }

    for (const route of reachable) {
      const isKept = adminOnly(route) !== 'none';
      test(`changes nothing with ${lineOf(route)}`, async () => {
        const untouched = await state();
        for (const front of here.fronts) {
          const reply = await ask(front, route, sentBy(publicHost, publicHost, cookie));
          if (isKept) deepEqual([reply.status, reply.code], [421, 'misdirected_host']);
          const across = await ask(front, route, sentBy(publicHost, adminHost, cookie));
          if (route.method !== 'get') equal(across.status >= 400, true, `${across.status}`);
          equal(across.headers['access-control-allow-origin'], undefined);
        }
        equal(await state(), untouched);
      });
    }

    test('is told where it belongs', async () => {
      const reply = await here.gateway.ask(`${own}/api/v1/users`, { headers: sentBy(publicHost, publicHost, cookie) });
      match(reply.text, /ADMIN_URL, http:\/\/accounts\.site\.localhost, only/);
    });

    test('finds nothing of the upstream at ADMIN_URL', async () => {
      for (const front of here.fronts) {
        const there = { ...sentBy(adminHost, adminHost, cookie) };
        front.forget();
        for (const path of ['/x', '/public/x', '/operator/x', `${own}x`, '/%5fgatewarden/account', '//public/x']) {
          for (const method of ['GET', 'POST']) {
            const reply = await front.ask(path, { method, headers: there });
            equal([400, 404].includes(reply.status), true, `${front.name} ${method} ${path} ${reply.status}`);
          }
        }
        const socket = await front.socket('/public/x', there);
        equal(socket.status === 101, false);
        deepEqual(front.seen, []);
      }
    });
  });
}

describe('at ADMIN_URL', () => {
  let here: Besieged;
  const cookies: Record<string, string> = {};
  before(async () => {
    here = await besieged(apart);
    await here.addUser('ada', { role: 'admin' });
    for (const host of [publicHost, adminHost]) cookies[host] = await signInAt(here.gateway, host);
  });
  after(() => here[Symbol.asyncDispose]());
  const there = (): Headers => sentBy(adminHost, adminHost, cookies[adminHost] ?? '');

  test('the root leads to the account page', async () => {
    const reply = await here.gateway.ask('/', { headers: { host: adminHost } });
    deepEqual([reply.status, reply.headers.location], [303, `${own}/account`]);
    equal((await here.gateway.ask('/', { method: 'POST', headers: there() })).status, 404);
  });

  test('a call with a cookie needs no password, and one with an old credential of another kind does', async () => {
    const { gateway } = here;
    const made = await gateway.json('POST', `${own}/api/v1/users`, { username: 'eve' }, there());
    equal(made.status, 201, made.text);
    const token = await gateway.json('POST', `${own}/api/v1/tokens`, { name: 'ci' }, there());
    equal(token.status, 201, token.text);
    equal((await gateway.json('DELETE', `${own}/api/v1/users/eve`, {}, there())).status, 204);
    const pair = await gateway.json('POST', `${own}/api/v1/login`, { username: 'ada', password });
    const refreshed = JSON.parse(pair.text) as { token: string };
    const minted = await gateway.json(
      'POST',
      `${own}/api/v1/users/ada/token`,
      {},
      {
        authorization: `Bearer ${refreshed.token}`,
        host: adminHost,
      },
    );
    const stale = { authorization: `Bearer ${(JSON.parse(minted.text) as { token: string }).token}`, host: adminHost };
    const refused = await gateway.json('POST', `${own}/api/v1/tokens`, { name: 'more' }, stale);
    deepEqual([refused.status, refused.code], [403, 'confirmation_required']);
  });

  test('a new password needs the current one all the same', async () => {
    const next = 'nine quiet lanterns drift';
    for (const current of [undefined, 'wrong']) {
      const body = { current_password: current, new_password: next };
      const reply = await here.gateway.json('PUT', `${own}/api/v1/account/password`, body, there());
      equal(reply.status, current === undefined ? 400 : 403);
      const form = await here.gateway.form(
        `${own}/account/password`,
        { ...(current && { current_password: current }), new_password: next, new_password_again: next },
        there(),
      );
      equal(form.status, 403);
    }
  });

  test('the account page asks for no password before it makes or revokes a token', async () => {
    const { gateway } = here;
    const page = await gateway.ask(`${own}/account`, { headers: there() });
    equal(page.text.includes('id="password-current"'), true);
    const form = await gateway.ask(`${own}/account/tokens/new`, { headers: there() });
    deepEqual([form.status, form.text.includes('current_password')], [200, false]);
    equal((await gateway.form(`${own}/account/tokens`, { name: 'form', days: '30' }, there())).status, 200);
    const question = await gateway.ask(`${own}/account/revoke-token?name=form`, { headers: there() });
    equal(question.text.includes('current_password'), false);
    equal((await gateway.form(`${own}/account/revoke-token`, { name: 'form' }, there())).status, 303);
  });

  test('calls come from its own pages only', async () => {
    for (const origin of [`http://${publicHost}`, 'http://evil.example', 'null', `https://${adminHost}`]) {
      const { 'sec-fetch-site': _, ...headers } = there();
      const reply = await here.gateway.json('POST', `${own}/api/v1/users`, { username: 'eve' }, { ...headers, origin });
      deepEqual([origin, reply.status, reply.code], [origin, 403, 'csrf_rejected']);
    }
  });

  test('a page at PUBLIC_URL leads there, with its path; a form and a script are refused', async () => {
    const at = { host: publicHost, cookie: cookies[publicHost] ?? '' };
    for (const front of here.fronts) {
      for (const path of ['/account', '/account?done=password', '/account/revoke-token?name=x%2Fy']) {
        const page = await front.ask(own + path, { headers: { ...at, ...navigating } });
        deepEqual([page.status, page.headers.location], [303, `http://${adminHost}${own}${path}`]);
      }
      const hidden = await front.ask(`${own}/account?x=\\\\evil`, { headers: { ...at, ...navigating } });
      equal(hidden.headers.location, `http://${adminHost}${own}/account`);
      const script = await front.ask(`${own}/account`, { headers: { ...at, 'sec-fetch-mode': 'cors' } });
      equal(script.status, 421);
      const form = await front.form(
        `${own}/account/tokens`,
        { name: 'x' },
        {
          ...sentBy(publicHost, publicHost, at.cookie),
          'sec-fetch-mode': 'navigate',
        },
      );
      equal(form.status, 421);
    }
  });

  test('nobody is asked to sign in at PUBLIC_URL for a page that is not there', async () => {
    const page = await here.gateway.ask(`${own}/account`, { headers: { host: publicHost, ...navigating } });
    equal(page.headers.location, `http://${adminHost}${own}/account`);
    const there = await here.gateway.ask(`${own}/account`, { headers: { host: adminHost, ...navigating } });
    equal(there.headers.location, `${own}/login?next=${encodeURIComponent(`${own}/account`)}`);
  });

  test('tokens work at every host', async () => {
    const token = await here.gate.tokens.create('ada', { name: 'everywhere' });
    const bearer = { authorization: `Bearer ${token.ok ? token.value.token : ''}` };
    for (const host of [publicHost, adminHost, 'localhost', '127.0.0.1']) {
      for (const front of here.fronts) {
        const reply = await front.ask(`${own}/api/v1/users`, { headers: { ...bearer, host } });
        equal(reply.status, 200, `${front.name} ${host}`);
      }
    }
  });

  test('another host that is served is not it', async () => {
    for (const host of ['localhost', '127.0.0.1', `x.${adminHost}`, `${adminHost}.localhost`]) {
      const reply = await here.gateway.ask(`${own}/api/v1/users`, {
        headers: { host, cookie: cookies[adminHost] ?? '' },
      });
      deepEqual([host, reply.status, reply.code], [host, 421, 'misdirected_host']);
    }
  });

  test('a header that no trusted proxy sent does not make it ADMIN_URL', async () => {
    const forged = { 'x-forwarded-host': adminHost, forwarded: `host=${adminHost}`, 'x-original-host': adminHost };
    const headers = { ...sentBy(publicHost, publicHost, cookies[publicHost] ?? ''), ...forged };
    const reply = await here.gateway.json('POST', `${own}/api/v1/users`, { username: 'eve' }, headers);
    deepEqual([reply.status, reply.code], [421, 'misdirected_host']);
    const target = `http://${adminHost}${own}/api/v1/users`;
    const absolute = await here.gateway.json('POST', target, { username: 'eve' }, headers);
    deepEqual([absolute.status, absolute.code], [400, 'ambiguous_path']);
  });

  test('one signs in and out at both', async () => {
    for (const host of [publicHost, adminHost]) {
      const cookie = await signInAt(here.gateway, host);
      const headers = sentBy(host, host, cookie);
      equal((await here.gateway.ask(`${own}/logout`, { headers })).status, 200);
      equal((await here.gateway.form(`${own}/logout`, {}, headers)).status, 303);
      const after = await here.gateway.ask(`${own}/account`, { headers: { ...headers, host: adminHost } });
      equal(after.status, 401);
    }
  });

  test('a dead cookie of PUBLIC_URL ends nothing again at the API', async () => {
    const cookie = await signInAt(here.gateway, publicHost);
    const headers = sentBy(publicHost, publicHost, cookie);
    await here.gateway.form(`${own}/logout`, {}, headers);
    const again = await here.gateway.ask(`${own}/api/v1/session`, { method: 'DELETE', headers });
    deepEqual([again.status, again.code], [421, 'misdirected_host']);
  });
});

test('auto-login acts for an admin at ADMIN_URL only', async () => {
  await using here = await besieged({ ...apart, autoLogin: true, autoLoginRole: 'admin', autoLoginUser: 'ada' });
  await here.addUser('ada', { role: 'admin' });
  const wanted = [
    [publicHost, 421],
    [adminHost, 200],
  ] as const;
  for (const [host, status] of wanted) {
    equal((await here.gateway.ask(`${own}/api/v1/users`, { headers: { host } })).status, status);
  }
  const { status } = await here.gateway.ask('/x', { headers: { host: publicHost } });
  equal(status, 200);
});

test('with authentication off nothing of the upstream is at ADMIN_URL either', async () => {
  await using here = await besieged({ ...apart, authEnabled: false });
  equal((await here.gateway.ask('/x', { headers: { host: publicHost } })).status, 200);
  equal((await here.gateway.ask('/x', { headers: { host: adminHost } })).status, 404);
  equal((await here.gateway.ask(`${own}/account`, { headers: { host: publicHost } })).code, 'auth_disabled');
});
