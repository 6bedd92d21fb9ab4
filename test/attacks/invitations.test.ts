import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { NewInvitation, Principal } from 'gatewarden';
import type { Reply } from './attacker.ts';

import { bearer } from './client-identities.ts';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

const api = (path: string) => `${own}/api/v1/${path}`;
const from = (address: string) => ({ 'x-forwarded-for': address });

/** Signs up; `fields` are what an attacker adds or changes. */
const signUp = (front: Front, username: string, fields: object = {}, headers: Record<string, string> = {}) =>
  front.json('POST', api('signup'), { username, password, ...fields }, { origin: front.url, ...headers });

let serial = 0;
/** Another name each time. */
const somebody = () => `newcomer-${++serial}`;

async function tokenOf(here: Besieged, username: string): Promise<string> {
  const reply = await here.gateway.json('POST', api('login'), { username, password });
  return JSON.parse(reply.text).token;
}

/** An invitation by a user of that name, and the bearer that made it. */
async function invited(
  here: Besieged,
  inviter: string,
  invitation: object = {},
): Promise<Readonly<{ code: string; id: string }>> {
  const reply = await here.gateway.json('POST', api('invitations'), invitation, bearer(await tokenOf(here, inviter)));
  equal(reply.status, 201, reply.text);
  return JSON.parse(reply.text);
}

/** What browsers send from pages that are not ours. */
const foreign: readonly Readonly<Record<string, string>>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
];

const isRefused = (reply: Reply) =>
  ok([400, 401, 403, 404, 409].includes(reply.status), `${reply.status} ${reply.text}`);

describe('with SIGNUP=invite', () => {
  let here: Besieged;
  before(async () => {
    here = await besieged({ signup: 'invite', trustedProxies: '127.0.0.1' });
    await here.addUser('boss', { role: 'admin' });
    await here.addUser('desk', { role: 'operator' });
  });
  after(() => here[Symbol.asyncDispose]());

  test('nobody gets in without one, and an invented one adds nobody', async () => {
    const before = here.rows('user');
    for (const front of here.fronts) {
      for (const invitation of [
        undefined,
        '',
        'x',
        'gwi_000000000000000000000000000000000000',
        '{"$ne":1}',
        'g'.repeat(4000),
      ]) {
        isRefused(await signUp(front, somebody(), { invitation }, from(`203.0.113.${++serial % 250}`)));
      }
    }
    equal(here.rows('user'), before);
  });

  test('one for three people, used 100 times at once through every front, lets in three', async () => {
    const { code } = await invited(here, 'boss', { uses: 3 });
    const before = here.rows('user');
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, at) => {
        const front = here.fronts[at % here.fronts.length] ?? here.gateway;
        return signUp(front, `crowd-${at}`, { invitation: code }, from(`198.51.${at}.1`));
      }),
    );
    const admitted = replies.filter(({ status }) => status === 201);
    equal(admitted.length, 3, `${replies.map(({ status }) => status)}`);
    equal(here.rows('user'), before + 3);
  });

  test('one for one person, used by 100 under one name, makes one user', async () => {
    const { code } = await invited(here, 'boss', { uses: 100 });
    const before = here.rows('user');
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async (_, at) => {
        const name = at % 2 ? 'same-name' : 'SAME-NAME';
        return (await signUp(here.gateway, name, { invitation: code }, from(`198.51.${at}.2`))).status;
      }),
    );
    equal(statuses.filter((status) => status === 201).length, 1, `${statuses}`);
    equal(here.rows('user'), before + 1);
  });

  test('codes are guessed a few times, then not compared any more', async () => {
    const { code } = await invited(here, 'boss', { uses: 2 });
    const home = from('198.51.100.200');
    const statuses: number[] = [];
    for (let at = 0; at < 110; at += 1) {
      statuses.push(
        (await signUp(here.gateway, somebody(), { invitation: `gwi_${String(at).padStart(36, '0')}` }, home)).status,
      );
    }
    ok(statuses.includes(429), `${[...new Set(statuses)]}`);
    equal((await signUp(here.gateway, somebody(), { invitation: code }, home)).status, 429);
    equal((await signUp(here.gateway, somebody(), { invitation: code }, from('203.0.113.251'))).status, 201);
  });

  const losses: readonly (readonly [title: string, lose: (inviter: string) => Promise<unknown>])[] = [
    ['is deactivated', (inviter) => here.gate.users.edit(inviter, { active: false })],
    ['is deleted', (inviter) => here.gate.users.remove(inviter)],
    ['has a lower role', (inviter) => here.gate.users.edit(inviter, { role: 'user' })],
  ];
  for (const [title, lose] of losses) {
    test(`one whose inviter ${title} lets nobody in, also when they are back`, async () => {
      const inviter = somebody();
      await here.addUser(inviter, { role: 'admin' });
      const { code } = await invited(here, inviter, { role: 'viewer', uses: 5 });
      equal((await signUp(here.gateway, somebody(), { invitation: code }, from('203.0.113.31'))).status, 201);
      await lose(inviter);
      isRefused(await signUp(here.gateway, somebody(), { invitation: code }, from('203.0.113.32')));
      await here.gate.users.edit(inviter, { active: true, role: 'admin' });
      isRefused(await signUp(here.gateway, somebody(), { invitation: code }, from('203.0.113.33')));
    });
  }

  test('one that was withdrawn lets nobody in', async () => {
    const { code, id } = await invited(here, 'boss', { uses: 5 });
    const headers = bearer(await tokenOf(here, 'boss'));
    equal((await here.gateway.json('DELETE', api(`invitations/${id}`), {}, headers)).status, 204);
    isRefused(await signUp(here.gateway, somebody(), { invitation: code }, from('203.0.113.41')));
  });

  test('nobody invites to their own rung or above, and the role of the invitation is the most one gets', async () => {
    const headers = bearer(await tokenOf(here, 'desk'));
    for (const role of ['operator', 'admin', 'OPERATOR', 'root']) {
      isRefused(await here.gateway.json('POST', api('invitations'), { role }, headers));
    }
    const { code } = await invited(here, 'desk', { role: 'viewer' });
    const name = somebody();
    for (const more of [{ role: 'admin' }, { active: true }, { state: 'active' }, { id: 'x' }]) {
      isRefused(await signUp(here.gateway, somebody(), { ...more, invitation: code }, from('203.0.113.51')));
    }
    const reply = await signUp(here.gateway, name, { invitation: code }, from('203.0.113.52'));
    deepEqual([reply.status, JSON.parse(reply.text).role], [201, 'viewer']);
  });

  test('users invite nobody, and nobody reads a code back', async () => {
    const { code, id } = await invited(here, 'boss');
    await here.addUser('plain');
    isRefused(await here.gateway.json('POST', api('invitations'), {}, bearer(await tokenOf(here, 'plain'))));
    const listed = await here.gateway.ask(api('invitations'), { headers: bearer(await tokenOf(here, 'boss')) });
    equal(listed.text.includes(id), true);
    equal(listed.text.includes(code), false);
    equal(listed.text.includes('hash'), false);
  });

  test('a page of another site signs nobody up', async () => {
    const { code } = await invited(here, 'boss');
    const before = here.rows('user');
    for (const headers of foreign) {
      const account = { username: somebody(), password, invitation: code };
      const reply = await here.gateway.json('POST', api('signup'), account, headers);
      deepEqual([reply.status, reply.code], [403, 'csrf_rejected']);
    }
    equal(here.rows('user'), before);
  });
});

describe('with SIGNUP=open', () => {
  let here: Besieged;
  before(async () => {
    here = await besieged({ signup: 'open', trustedProxies: '127.0.0.1', reservedNames: 'grafana-admin' });
    await here.addUser('boss', { role: 'admin', email: 'boss@example.com' });
    await here.addUser('ada');
    await here.gate.users.remove('ada');
  });
  after(() => here[Symbol.asyncDispose]());

  const names = [
    ...['admin', 'Admin', 'ADMIN', '\uff41dmin', 'root', 'system', 'administrator', 'gatewarden', 'grafana-admin'],
    ...[
      'GRAFANA-ADMIN',
      'boss',
      'BOSS',
      'b\u043ess',
      'ada',
      'boss@example.com',
      'anonymous',
      'null',
      'client:robot',
      '..',
      '',
    ],
    ...['a/b', 'a b', 'a\u0000', 'a'.repeat(65), 'x\u202ey'],
  ];
  for (const name of names) {
    test(`nobody signs up as ${JSON.stringify(name.slice(0, 20))}`, async () => {
      const before = here.rows('user');
      const reply = await signUp(here.gateway, name, {}, from(`198.51.100.${names.indexOf(name)}`));
      isRefused(reply);
      equal(here.rows('user'), before);
    });
  }

  test('with another’s address, one is not told to services as them, and does not sign in by it', async () => {
    const reply = await signUp(here.gateway, 'mallory', { email: 'BOSS@example.com' }, from('203.0.113.1'));
    if (reply.status !== 201) return isRefused(reply);
    const byMail = await here.gateway.json('POST', api('login'), { username: 'boss@example.com', password });
    equal(JSON.parse(byMail.text).user, 'boss');
  });

  test('who is not active yet is nobody: no token, no session, no cookie', async () => {
    const name = somebody();
    const reply = await signUp(here.gateway, name, {}, from('203.0.113.2'));
    deepEqual([reply.status, JSON.parse(reply.text).active, reply.setCookie], [201, false, []]);
    const login = await here.gateway.json('POST', api('login'), { username: name, password });
    deepEqual([login.status, login.code], [403, 'account_pending']);
    equal((await here.gateway.form(`${own}/login`, { username: name, password })).setCookie.length, 0);
  });

  test('a thousand sign-ups from one address make a few users', async () => {
    const before = here.rows('user');
    const home = from('198.51.100.250');
    const statuses = await Promise.all(
      Array.from({ length: 300 }, async (_, at) => (await signUp(here.gateway, `flood-${at}`, {}, home)).status),
    );
    ok(statuses.includes(429) || statuses.includes(503), `${[...new Set(statuses)]}`);
    ok(here.rows('user') - before <= 110, `${here.rows('user') - before} users`);
  });
});

test('before there is an administrator nobody signs up, whatever SIGNUP says', async () => {
  for (const signup of ['open', 'invite'] as const) {
    await using here = await besieged({ signup });
    for (const front of here.fronts) equal((await signUp(front, somebody())).code, 'signup_closed');
    equal(here.rows('user'), 0);
  }
});

test('an invitation that has expired lets nobody in', async (t) => {
  const now = Date.now();
  t.mock.timers.enable({ apis: ['Date'], now });
  await using here = await besieged({ signup: 'invite' });
  await here.addUser('boss', { role: 'admin' });
  const { code } = await invited(here, 'boss', { uses: 5, expires_at: new Date(now + 60_000).toISOString() });
  equal((await signUp(here.gateway, somebody(), { invitation: code })).status, 201);
  t.mock.timers.setTime(now + 60_001);
  isRefused(await signUp(here.gateway, somebody(), { invitation: code }));
});

test('with SIGNUP=closed an invitation of before lets nobody in', async () => {
  await using here = await besieged();
  await here.addUser('boss', { role: 'admin' });
  const boss = await here.gate.users.get('boss');
  ok(boss);
  const principal: Principal = { kind: 'user', id: '', name: 'tests', role: 'admin', scopes: [], via: 'command' };
  const invitation: NewInvitation = { uses: 1 };
  const made = await here.gate.invitations.create(invitation, { principal });
  const code = made.ok ? made.value.code : 'gwi_x';
  equal((await signUp(here.gateway, somebody(), { invitation: code })).code, 'signup_closed');
  equal(here.rows('user'), 1);
});
