import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeToken } from '../../lib/crypto/random.ts';
import { accessOf, newClient } from './client-identities.ts';
import { type Besieged, own, password } from './fronts.ts';
import {
  api,
  type Body,
  bearerOf,
  from,
  frontAt,
  type Headers,
  invite,
  made,
  opened,
  outcome,
  signUp,
  unusable,
} from './signing-up.ts';

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

test('an invitation by a client is void once the client is, and is for roles below its own', async () => {
  const ends: Readonly<Record<string, (here: Besieged, id: string) => Promise<unknown>>> = {
    deactivated: (here, id) => here.gate.clients.edit(id, { active: false }),
    demoted: (here, id) => here.gate.clients.edit(id, { role: 'viewer' }),
    deleted: (here, id) => here.gate.clients.remove(id),
    'ended and active again': async (here, id) => {
      await here.gate.clients.edit(id, { active: false });
      await here.gate.clients.edit(id, { active: true });
    },
  };
  for (const [title, end] of Object.entries(ends)) {
    await using here = await opened();
    const client = await newClient(here, { role: 'operator', scopes: ['gatewarden:admin'] });
    const bearer = await accessOf(here.gateway, client);
    const above = await here.gateway.json('POST', api('invitations'), { role: 'operator' }, bearer);
    equal(outcome(above), '403 insufficient_role');
    const invitation = await invite(here, { uses: 2 }, bearer);
    const reply = await signUp(here.gateway, { username: 'eve', invitation });
    deepEqual(JSON.parse(reply.text), { user: 'eve', role: 'user', active: false }, title);
    equal((await here.gate.invitations.list()).items[0]?.invitedBy, `client:${client.id}`);
    await end(here, client.id);
    equal(outcome(await signUp(here.gateway, { username: 'fay', invitation })), `${unusable} invitation`, title);
  }
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
