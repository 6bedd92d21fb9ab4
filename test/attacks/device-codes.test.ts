import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Reply } from './attacker.ts';
import { bearer, newClient, statusesOf } from './client-identities.ts';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

type Begun = Readonly<{ device_code: string; user_code: string; interval: number; expires_in: number }>;

const from = (address: string) => ({ 'x-forwarded-for': address });
const grantType = 'urn:ietf:params:oauth:grant-type:device_code';

/** What browsers send from pages that are not ours. */
const foreign: readonly Readonly<Record<string, string>>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
];

const begin = (front: Front, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  front.form(`${own}/oauth/device_authorization`, { client_id: 'gatewarden', ...fields }, headers);
const begun = async (front: Front, headers: Record<string, string> = {}): Promise<Begun> =>
  JSON.parse((await begin(front, {}, headers)).text);
const poll = (front: Front, device_code: string, client_id = 'gatewarden') =>
  front.form(`${own}/oauth/token`, { grant_type: grantType, device_code, client_id }, {});

describe('device codes', () => {
  let here: Besieged;
  before(async () => {
    here = await besieged({ trustedProxies: '127.0.0.1' });
  });
  after(() => here[Symbol.asyncDispose]());

  let serial = 0;
  async function somebody(): Promise<Readonly<{ username: string; cookie: string }>> {
    const username = `person-${++serial}`;
    await here.addUser(username);
    return { username, cookie: await here.gateway.signIn(username) };
  }

  /** The form that the page sends when somebody lets a device in. */
  const approve = (
    front: Front,
    user_code: string,
    cookie: string,
    fields: Record<string, string> = {},
    more: Record<string, string> = {},
  ) =>
    front.form(
      `${own}/device`,
      { user_code, action: 'approve', current_password: password, ...fields },
      { origin: front.url, cookie, ...more },
    );

  const isPending = (reply: Reply) => deepEqual([reply.status, reply.code], [400, 'authorization_pending']);

  test('a device that was let in gets tokens once, of 100 that ask at the same time through every front', async () => {
    const { cookie, username } = await somebody();
    const { device_code, user_code } = await begun(here.gateway);
    isPending(await poll(here.gateway, device_code));
    ok((await approve(here.gateway, user_code, cookie)).status < 400);
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, at) => poll(here.fronts[at % here.fronts.length] ?? here.gateway, device_code)),
    );
    const got = replies.filter(({ status }) => status === 200);
    ok(got.length <= 1, `${got.length}`);
    const tokens = got[0] ?? (await pollAfter(device_code));
    const { access_token } = JSON.parse(tokens.text) as { access_token: string };
    equal(await here.gateway.whoami(bearer(access_token)), `${username} by access-token`);
    deepEqual([(await poll(here.gateway, device_code)).code], ['invalid_grant']);
  });

  /** Asks until the pace that `slow_down` demands is over; the clock is real. */
  async function pollAfter(device_code: string): Promise<Reply> {
    for (let at = 0; at < 30; at += 1) {
      const reply = await poll(here.gateway, device_code);
      if (reply.code !== 'slow_down' && reply.code !== 'authorization_pending') return reply;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
    throw new Error('the device was never let in');
  }

  test('following a link with the code in it lets nobody in: the form is sent by hand, with the password', async () => {
    const { cookie } = await somebody();
    const { device_code, user_code } = await begun(here.gateway);
    const query = new URLSearchParams({ user_code, action: 'approve', current_password: password });
    const shown = await here.gateway.ask(`${own}/device?${query}`, { headers: { cookie, accept: 'text/html' } });
    ok([200, 303].includes(shown.status), `${shown.status}`);
    isPending(await poll(here.gateway, device_code));
    for (const current_password of ['', 'not the password']) {
      const reply = await approve(here.gateway, user_code, cookie, { current_password });
      ok(reply.status >= 400, `${reply.status}`);
    }
    const { text } = await poll(here.gateway, device_code);
    equal(text.includes('access_token'), false);
  });

  test('passwords are guessed at the page five times per session, together with what asks for it elsewhere', async () => {
    const { cookie } = await somebody();
    const { user_code } = await begun(here.gateway);
    const confirm = (current_password: string) => {
      const headers = { origin: here.gateway.url, cookie };
      return here.gateway.json('POST', `${own}/api/v1/tokens`, { name: 'mine', current_password }, headers);
    };
    for (let at = 0; at < 3; at += 1) {
      equal((await approve(here.gateway, user_code, cookie, { current_password: `wrong ${at}` })).status, 403);
    }
    for (let at = 0; at < 2; at += 1) equal((await confirm(`wrong too ${at}`)).status, 403);
    equal((await approve(here.gateway, user_code, cookie)).status, 429);
    equal((await confirm(password)).status, 429);
  });

  test('a page of another site, a frame and a stranger without a session let nobody in', async () => {
    const { cookie } = await somebody();
    const { device_code, user_code } = await begun(here.gateway);
    for (const more of foreign) {
      const reply = await approve(here.gateway, user_code, cookie, {}, more);
      deepEqual([reply.status], [403]);
    }
    const reply = await approve(here.gateway, user_code, '');
    ok([303, 401, 403].includes(reply.status), `${reply.status}`);
    const { text } = await poll(here.gateway, device_code);
    equal(text.includes('access_token'), false);
  });

  test('the page says which device asks and from where, and repeats nothing that it says about itself', async () => {
    const { cookie } = await somebody();
    const agent = '<b>Your bank</b>';
    const { user_code } = await begun(here.gateway, { ...from('203.0.113.77'), 'user-agent': agent });
    const page = await here.gateway.form(`${own}/device`, { user_code }, { origin: here.gateway.url, cookie });
    match(page.text, /203\.0\.113\.77/);
    equal(page.text.includes('Your bank'), false);
  });

  test('who was let in by somebody that is deactivated, or changes the password, before it asks gets nothing', async () => {
    for (const lose of [
      (username: string) => here.gate.users.edit(username, { active: false }),
      (username: string) => here.gate.users.edit(username, { password: 'eleven crows in a row' }),
      (username: string) => here.gate.users.remove(username),
    ]) {
      const { username, cookie } = await somebody();
      const { device_code, user_code } = await begun(here.gateway);
      ok((await approve(here.gateway, user_code, cookie)).status < 400);
      await lose(username);
      const reply = await poll(here.gateway, device_code);
      ok(['access_denied', 'invalid_grant', 'expired_token'].includes(reply.code ?? ''), reply.text);
    }
  });

  test('who was refused gets nothing, and the code is of no use afterwards', async () => {
    const { cookie } = await somebody();
    const { device_code, user_code } = await begun(here.gateway);
    const denied = await approve(here.gateway, user_code, cookie, { action: 'deny' });
    ok(denied.status < 400, `${denied.status}`);
    equal((await poll(here.gateway, device_code)).code, 'access_denied');
    await approve(here.gateway, user_code, cookie);
    equal((await poll(here.gateway, device_code)).text.includes('access_token'), false);
  });

  test('a code that was let in is not let in again by somebody else', async () => {
    const [first, second] = [await somebody(), await somebody()];
    const { device_code, user_code } = await begun(here.gateway);
    ok((await approve(here.gateway, user_code, first.cookie)).status < 400);
    await approve(here.gateway, user_code, second.cookie);
    await approve(here.gateway, user_code, second.cookie, { action: 'deny' });
    const reply = await pollAfter(device_code);
    const { access_token } = JSON.parse(reply.text) as { access_token: string };
    equal(await here.gateway.whoami(bearer(access_token)), `${first.username} by access-token`);
  });

  test('codes of people are guessed a few times per session, then not compared any more', async () => {
    const { cookie } = await somebody();
    const { user_code } = await begun(here.gateway);
    const statuses: number[] = [];
    const home = from('198.51.100.9');
    for (let at = 0; at < 20; at += 1) {
      const guess = `BBBB-BB${String(at).padStart(2, '0')}`.replace(
        /\d/g,
        (digit) => 'BCDFGHJKLM'[Number(digit)] ?? 'B',
      );
      const reply = await here.gateway.form(
        `${own}/device`,
        { user_code: guess },
        { origin: here.gateway.url, cookie, ...home },
      );
      statuses.push(reply.status);
    }
    ok(statuses.includes(429), `${statuses}`);
    const right = await here.gateway.form(
      `${own}/device`,
      { user_code },
      { origin: here.gateway.url, cookie, ...home },
    );
    equal(right.status, 429);
  });

  test('codes of devices are long, and inventing them gets nothing', async () => {
    const { device_code, user_code } = await begun(here.gateway);
    ok(device_code.length >= 30, device_code);
    match(user_code, /^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
    for (const invented of ['', 'x', user_code, `${device_code}x`, device_code.toUpperCase(), 'gwd_0', '{"$ne":1}']) {
      const reply = await poll(here.gateway, invented);
      ok(['invalid_grant', 'invalid_request'].includes(reply.code ?? ''), `${invented}: ${reply.text}`);
    }
  });

  test('one client’s device is none of another’s, and only the built-in client has devices', async () => {
    const other = await newClient(here);
    equal((await begin(here.gateway, { client_id: other.id })).status >= 400, true);
    equal((await begin(here.gateway, { client_id: '' })).status >= 400, true);
    const { device_code } = await begun(here.gateway);
    const reply = await poll(here.gateway, device_code, other.id);
    ok(['invalid_client', 'invalid_grant', 'unauthorized_client'].includes(reply.code ?? ''), reply.text);
  });

  test('no access token, API token or minted token lets a device in', async () => {
    const { username } = await somebody();
    const login = await here.gateway.json('POST', `${own}/api/v1/login`, { username, password });
    const made = await here.gate.tokens.create(username, { name: `t${serial}` });
    ok(made.ok);
    const { device_code, user_code } = await begun(here.gateway);
    for (const token of [JSON.parse(login.text).token as string, made.value.token]) {
      const form = { user_code, action: 'approve', current_password: password };
      await here.gateway.form(`${own}/device`, form, { origin: here.gateway.url, ...bearer(token) });
    }
    equal((await poll(here.gateway, device_code)).text.includes('access_token'), false);
  });

  test('asking faster than allowed is told to slow down', async () => {
    const { device_code } = await begun(here.gateway);
    const codes = new Set<string | undefined>();
    for (let at = 0; at < 5; at += 1) codes.add((await poll(here.gateway, device_code)).code);
    ok(codes.has('slow_down'), `${[...codes]}`);
  });

  test('a thousand begun sign-ins from one address leave bounded rows, and the next person gets a code', async () => {
    const home = from('198.51.100.77');
    const statuses = new Set<number>();
    for (let at = 0; at < 300; at += 1) statuses.add((await begin(here.gateway, {}, home)).status);
    ok(statuses.has(429) || statuses.has(503) || statuses.has(400), `${[...statuses]}`);
    equal((await begin(here.gateway, {}, from('203.0.113.78'))).status, 200);
  });

  test('what came of a device ends with the sign-out of its session and with the password', async () => {
    const { username, cookie } = await somebody();
    const { device_code, user_code } = await begun(here.gateway);
    ok((await approve(here.gateway, user_code, cookie)).status < 400);
    const { access_token } = JSON.parse((await pollAfter(device_code)).text) as { access_token: string };
    deepEqual(await statusesOf(here, bearer(access_token)), [200, 200, 200]);
    await here.gate.users.edit(username, { password: 'eleven crows in a row' });
    deepEqual(await statusesOf(here, bearer(access_token)), [401, 401, 401]);
  });
});
