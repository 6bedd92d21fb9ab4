import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Options } from 'gatewarden';
import { makeToken } from '../../lib/crypto/random.ts';
import type { Reply } from './attacker.ts';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

const api = (path: string) => `${own}/api/v1/${path}`;
const unusable = '400 validation_failed';

type Body = Readonly<Record<string, unknown>>;
type Headers = Readonly<Record<string, string>>;

const signUp = (front: Front, body: Body, headers: Headers = {}): Promise<Reply> =>
  front.json('POST', api('signup'), { password, ...body }, headers);

/** The status, the code and the fields of a refusal. */
function outcome({ status, code, text }: Reply): string {
  if (code === undefined) return String(status);
  const { errors = [] } = JSON.parse(text) as { errors?: { field: string }[] };
  return [status, code, ...errors.map(({ field }) => field)].join(' ');
}

/** With an admin, so that sign-up is not closed. */
async function opened(options: Options = {}): Promise<Besieged> {
  const here = await besieged({ signup: 'open', trustedProxies: '127.0.0.1', ...options });
  await here.addUser('boss', { role: 'admin' });
  return here;
}

/** A proxy that is believed lends each request the address it names. */
const from = (address: string): Headers => ({ 'x-forwarded-for': address });
const frontAt = ({ fronts, gateway }: Besieged, at: number): Front => fronts[at % fronts.length] ?? gateway;

async function bearerOf(here: Besieged, username: string): Promise<Headers> {
  const reply = await here.gateway.json('POST', api('login'), { username, password });
  return { authorization: `Bearer ${(JSON.parse(reply.text) as { token: string }).token}` };
}

async function made(here: Besieged, path: string, body: Body, by: Headers): Promise<Record<string, string>> {
  const reply = await here.gateway.json('POST', api(path), body, by);
  equal(reply.status, 201, reply.text);
  return JSON.parse(reply.text) as Record<string, string>;
}

async function invite(here: Besieged, body: Body = {}, by?: Headers): Promise<string> {
  return (await made(here, 'invitations', body, by ?? (await bearerOf(here, 'boss')))).code ?? '';
}

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

describe('one invitation', () => {
  for (const uses of [1, 5]) {
    test(`for ${uses}, used 100 times at once, through every front`, async () => {
      await using here = await opened({ signup: 'invite' });
      const invitation = await invite(here, { uses });
      const before = here.rows('user');
      const replies = await Promise.all(
        Array.from({ length: 100 }, (_, at) =>
          signUp(frontAt(here, at), { username: `new${at}`, invitation }, from(`192.0.2.${at}`)),
        ),
      );
      const outcomes = replies.map(outcome);
      equal(outcomes.filter((one) => one === '201').length, uses, `${outcomes}`);
      const rest = new Set(outcomes.filter((one) => one !== '201'));
      // Hashing takes so many at a time.
      rest.delete('503 store_unavailable');
      deepEqual([...rest], [`${unusable} invitation`]);
      equal(here.rows('user'), before + uses);
    });
  }

  test('in other spellings, and as another kind of token', async () => {
    await using here = await opened({ signup: 'invite' });
    const code = await invite(here);
    const spellings = [
      ...[code.toLowerCase(), code.slice(0, -1), `${code}x`, ` ${code}`, `${code}\n`, code.slice(4), 'gwi_', ''],
      ...[code.replace('gwi_', 'gwt_'), makeToken('gwi_'), makeToken('gwt_'), 'x'.repeat(4096)],
    ];
    for (const [at, invitation] of spellings.entries()) {
      equal(outcome(await signUp(frontAt(here, at), { username: 'eve', invitation })), `${unusable} invitation`);
    }
    for (const front of here.fronts) {
      equal((await front.ask('/inbox', { headers: { authorization: `Bearer ${code}` } })).status, 401);
      equal((await front.ask('/inbox', { headers: { 'x-gatewarden-token': code } })).status, 400);
      equal(
        (await front.json('POST', `${api('signup')}?invitation=${code}`, { username: 'eve', password })).status,
        400,
      );
    }
    equal(outcome(await signUp(here.gateway, { username: 'eve', invitation: code })), '201');
  });

  test('guessed: a hundred a day from one household, counted with its wrong passwords, and no hash', async () => {
    await using here = await opened({ signup: 'open' });
    const household = (at: number) => from(`2001:db8:7:7::${at.toString(16)}`);
    const before = here.hashes();
    for (let at = 1; at <= 100; at += 1) {
      const reply = await signUp(frontAt(here, at), { username: 'eve', invitation: makeToken('gwi_') }, household(at));
      equal(outcome(reply), `${unusable} invitation`);
    }
    equal(here.hashes(), before);
    const reply = await signUp(here.gateway, { username: 'eve', invitation: makeToken('gwi_') }, household(200));
    deepEqual([reply.status, reply.code, Number(reply.headers['retry-after']) > 1], [429, 'rate_limited', true]);
    const guess = { username: 'nobody', password: 'a guess' };
    equal((await here.gateway.json('POST', api('login'), guess, household(201))).status, 429);
    // Those who live elsewhere are not stopped, with their own passwords or invitations.
    const invitation = await invite(here);
    equal(outcome(await signUp(here.gateway, { username: 'eve', invitation }, from('2001:db8:7:8::1'))), '201');
  });
});

describe('an invitation that gives more than its maker has', () => {
  test('made by an operator for their own role or one above', async () => {
    await using here = await opened();
    await here.addUser('olga', { role: 'operator' });
    const olga = await bearerOf(here, 'olga');
    for (const front of here.fronts) {
      for (const role of ['operator', 'admin']) {
        equal(outcome(await front.json('POST', api('invitations'), { role }, olga)), '403 insufficient_role');
      }
    }
    const bossy = await made(here, 'invitations', { role: 'operator' }, await bearerOf(here, 'boss'));
    const withdrawing = await here.gateway.json('DELETE', api(`invitations/${bossy.id}`), {}, olga);
    equal(outcome(withdrawing), '404 not_found');
    const seen = await here.gateway.ask(api('invitations'), { headers: olga });
    deepEqual(JSON.parse(seen.text), { items: [], next_cursor: null });
  });

  test('made with an API token of a lower role, or without the scope', async () => {
    await using here = await opened();
    const boss = await bearerOf(here, 'boss');
    const tokenOf = async (name: string, body: Body) => ({
      authorization: `Bearer ${(await made(here, 'tokens', { name, ...body }, boss)).token}`,
    });
    const lower = await tokenOf('lower', { role: 'operator' });
    equal(
      outcome(await here.gateway.json('POST', api('invitations'), { role: 'admin' }, lower)),
      '403 insufficient_role',
    );
    const scoped = await tokenOf('scoped', { scopes: ['gatewarden:write'] });
    equal(outcome(await here.gateway.json('POST', api('invitations'), {}, scoped)), '403 insufficient_scope');
    // By an operator's credential, it activates nobody.
    const invitation = await invite(here, {}, lower);
    const reply = await signUp(here.gateway, { username: 'eve', invitation });
    deepEqual(JSON.parse(reply.text), { user: 'eve', role: 'user', active: false });
  });

  test('used after its maker was deactivated, demoted or deleted, or after the API token was revoked', async () => {
    const losses: Readonly<Record<string, (here: Besieged, maker: Headers) => Promise<unknown>>> = {
      deactivated: (here) => here.gate.users.edit('maker', { active: false }),
      demoted: (here) => here.gate.users.edit('maker', { role: 'operator' }),
      deleted: (here) => here.gate.users.remove('maker'),
      revoked: (here, maker) => here.gateway.json('DELETE', api('tokens/root'), {}, maker),
      'ended with all tokens': (here) => here.gate.users.endAll('maker'),
    };
    for (const [title, lose] of Object.entries(losses)) {
      await using here = await opened();
      await here.addUser('maker', { role: 'admin' });
      const maker = await bearerOf(here, 'maker');
      const root = { authorization: `Bearer ${(await made(here, 'tokens', { name: 'root' }, maker)).token}` };
      const child = { authorization: `Bearer ${(await made(here, 'tokens', { name: 'child' }, root)).token}` };
      const invitation = await invite(here, { uses: 2 }, child);
      equal(outcome(await signUp(here.gateway, { username: 'eve', invitation })), '201', title);
      await lose(here, maker);
      for (const front of here.fronts) {
        equal(outcome(await signUp(front, { username: 'fay', invitation })), `${unusable} invitation`, title);
      }
      equal((await here.gate.users.get('eve'))?.active, true);
    }
  });

  test('made with a minted token, or outliving the token that made it', async () => {
    await using here = await opened();
    await here.addUser('other', { role: 'admin' });
    const boss = await bearerOf(here, 'boss');
    const minted = { authorization: `Bearer ${(await made(here, 'users/other/token', {}, boss)).token}` };
    const body = { current_password: password };
    equal(outcome(await here.gateway.json('POST', api('invitations'), body, minted)), '403 insufficient_role');
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const brief = {
      authorization: `Bearer ${(await made(here, 'tokens', { name: 'brief', expires_at }, boss)).token}`,
    };
    equal((await made(here, 'invitations', {}, brief)).expires_at, expires_at);
    const late = { expires_at: new Date(Date.now() + 7_200_000).toISOString() };
    equal(outcome(await here.gateway.json('POST', api('invitations'), late, brief)), `${unusable} expires_at`);
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

test('the code of an invitation is shown to who makes it, and stands nowhere else', async () => {
  await using here = await opened();
  const boss = await bearerOf(here, 'boss');
  const { code = '', url = '', id } = await made(here, 'invitations', { note: 'for eve' }, boss);
  // A fragment is not sent to the server, so that no log has it.
  equal(url, `${here.gateway.url}${own}/signup#invitation=${code}`);
  await signUp(here.gateway, { username: 'eve', invitation: code });
  const texts = [
    (await here.gateway.ask(api('invitations'), { headers: boss })).text,
    (await here.gateway.ask(api('audit'), { headers: boss })).text,
    JSON.stringify(await here.gate.invitations.list()),
  ];
  for (const text of texts) {
    ok(text.includes(String(id)));
    equal(text.includes(code.slice(4)), false);
  }
});
