import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usersService } from '../../lib/accounts/users.ts';
import { ladder } from '../../lib/request/authorize/roles.ts';
import type { NewInvitation } from '../../lib/services.ts';
import { invitationKind } from '../../lib/stores/records/kinds/invitation.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Actor } from '../../lib/types.ts';
import { openSignUp, outcomeOf, signUpOver } from './inviting.ts';
import { by, caller, openAccounts, password } from './open.ts';

const command = by('admin', 'command');
const day = 86_400_000;

const codeOf = (done: Awaited<ReturnType<Awaited<ReturnType<typeof openSignUp>>['invitations']['create']>>) =>
  done.ok ? 'ok' : [done.refusal.code, ...(done.refusal.problems ?? []).map(({ field }) => field)].join(' ');

describe('an invitation that is made', () => {
  it('is for one use, for the default role, for seven days, and its code is kept as a digest alone', async () => {
    const { invitations, actor, stores, time, events } = await openSignUp();
    const made = await invitations.create({ note: 'for eve' }, await actor('admin'));
    ok(made.ok);
    const { code, view } = made.value;
    match(code, /^gwi_[0-9A-Za-z]{36}$/);
    const { id, ...shown } = view;
    deepEqual(shown, {
      ...{ role: 'user', uses: 1, used: 0, invitedBy: 'the-admin', active: true, note: 'for eve' },
      ...{ createdAt: time.now, expiresAt: time.now + 7 * day },
    });
    const kept = JSON.stringify(await stores.records.get(invitationKind, id));
    equal(kept.includes(code) || kept.includes(code.slice(4)), false);
    equal(JSON.stringify([view, await invitations.list(), events]).includes(code.slice(4)), false);
    const { detail, subject, event } = events[0] ?? {};
    deepEqual(
      [event, subject, detail],
      ['invitation.changed', `invitation:${id}`, { action: 'created', role: 'user', uses: 1 }],
    );
  });

  const wrong: [title: string, wish: object, fields: string][] = [
    ['a role that is none', { role: 'king' }, 'role'],
    ['a role that is no text', { role: ['user'] }, 'role'],
    ['no uses', { uses: 0 }, 'uses'],
    ['101 uses', { uses: 101 }, 'uses'],
    ['half a use', { uses: 1.5 }, 'uses'],
    ['uses as text', { uses: '5' }, 'uses'],
    ['a past end', { expiresAt: 1 }, 'expires_at'],
    ['an end that is no time', { expiresAt: Number.NaN }, 'expires_at'],
    ['an end in 91 days', { expiresAt: Date.now() + 91 * day }, 'expires_at'],
    ['a note of 201 characters', { note: 'x'.repeat(201) }, 'note'],
    ['a note with an escape', { note: '\u001b[31m' }, 'note'],
    ['everything wrong at once', { role: 1, uses: -1, expiresAt: 0, note: 7 }, 'role uses expires_at note'],
  ];
  for (const [title, wish, fields] of wrong) {
    it(`is refused with ${title}`, async () => {
      const { invitations } = await openSignUp();
      equal(codeOf(await invitations.create(wish as NewInvitation)), `validation_failed ${fields}`);
    });
  }

  it('by an operator is for a role below their own, by an admin for any', async () => {
    const { invitations, actor } = await openSignUp();
    const outcomes: Record<string, string> = {};
    for (const own of ['admin', 'operator', 'user']) {
      for (const role of ['viewer', 'user', 'operator', 'admin']) {
        outcomes[`${own} ${role}`] = codeOf(await invitations.create({ role }, await actor(own)));
      }
    }
    const allowed = Object.keys(outcomes).filter((key) => outcomes[key] === 'ok');
    deepEqual(allowed, [
      ...['admin viewer', 'admin user', 'admin operator', 'admin admin'],
      ...['operator viewer', 'operator user'],
    ]);
    equal(outcomes['operator operator'], 'insufficient_role');
  });

  it('by an operator for a default role that is theirs is refused', async () => {
    const { invitations, actor } = await openSignUp({ defaultRole: 'operator' });
    equal(codeOf(await invitations.create({}, await actor('operator'))), 'insufficient_role');
  });

  it('is refused for who lost the right since they were authenticated', async () => {
    const { invitations, actor, users } = await openSignUp();
    await users.create({ username: 'second', role: 'admin' }, command);
    const second = await actor('admin', 'second');
    await users.edit('second', { role: 'operator' }, command);
    equal(codeOf(await invitations.create({ role: 'operator' }, second)), 'insufficient_role');
    await users.edit('second', { active: false }, command);
    equal(codeOf(await invitations.create({}, second)), 'token_revoked');
    await users.remove('second', command);
    equal(codeOf(await invitations.create({}, second)), 'token_revoked');
  });

  it('with a credential that ends does not outlive it', async () => {
    const opened = await openSignUp();
    const until = opened.time.now + 60_000;
    const { invitations } = signUpOver(opened.parts, { inherited: { ok: true, value: { until } } });
    const made = await invitations.create({}, await opened.actor('admin'));
    equal(made.ok && made.value.view.expiresAt, until);
    equal(codeOf(await invitations.create({ expiresAt: until + 1 })), 'validation_failed expires_at');
  });

  it('is refused after 300 in an hour by one user, and never to the program', async () => {
    const { invitations, actor } = await openSignUp();
    const admin = await actor('admin');
    for (let at = 0; at < 300; at += 1) await invitations.create({}, admin);
    equal(codeOf(await invitations.create({}, admin)), 'rate_limited');
    equal(codeOf(await invitations.create({})), 'ok');
    equal(codeOf(await invitations.create({}, await actor('operator'))), 'ok');
  });
});

describe('invitations', () => {
  it('are listed newest first, in pages, and operators see those for roles below their own', async () => {
    const { invitations, invite, actor, time } = await openSignUp();
    for (const role of ['viewer', 'admin', 'user', 'operator']) {
      await invite({ role });
      time.now += 1;
    }
    const rolesOf = async (who?: string) =>
      (await invitations.list({}, who === undefined ? undefined : await actor(who))).items.map(({ role }) => role);
    deepEqual(await rolesOf(), ['operator', 'user', 'admin', 'viewer']);
    deepEqual(await rolesOf('admin'), ['operator', 'user', 'admin', 'viewer']);
    deepEqual(await rolesOf('operator'), ['user', 'viewer']);
    deepEqual(await rolesOf('user'), []);
    const first = await invitations.list({ limit: 3 });
    deepEqual([first.items.length, (await invitations.list({ cursor: first.next })).items.length], [3, 1]);
  });

  it('show who made them, and how many have used them', async () => {
    const { invitations, invite, signUp } = await openSignUp();
    const invitation = await invite({ uses: 3, role: 'viewer' }, 'operator');
    await signUp({ invitation });
    await signUp({ invitation });
    await invitations.create({});
    const { items } = await invitations.list();
    deepEqual(items.map(({ invitedBy, used }) => `${invitedBy} ${used}`).sort(), [' 0', 'the-operator 2']);
  });

  it('that were withdrawn are not listed, cannot be used, and are withdrawn again without a word', async () => {
    const { invitations, invite, idOf, signUp, events } = await openSignUp();
    const code = await invite({ uses: 2 });
    equal(await signUp({ username: 'eve', invitation: code }), 'active user');
    events.length = 0;
    const id = await idOf(code);
    equal((await invitations.get(id, command))?.used, 1);
    for (const _ of [1, 2]) ok((await invitations.revoke(id, command)).ok);
    deepEqual(
      events.map(({ event, subject, detail }) => ({ event, subject, detail })),
      [{ event: 'invitation.changed', subject: `invitation:${id}`, detail: { action: 'withdrawn' } }],
    );
    deepEqual([(await invitations.list()).items, await invitations.get(id, command)], [[], undefined]);
    equal(await signUp({ invitation: code }), 'validation_failed invitation');
  });

  it('for roles of their own rung are not there for operators', async () => {
    const { invitations, invite, idOf, actor } = await openSignUp();
    const id = await idOf(await invite({ role: 'operator' }));
    const refused = await invitations.revoke(id, await actor('operator'));
    equal(refused.ok ? 'ok' : refused.refusal.code, 'not_found');
    equal(await invitations.get(id, await actor('operator')), undefined);
    equal((await invitations.list()).items.length, 1);
    const below = await idOf(await invite({ role: 'user' }));
    ok((await invitations.revoke(below, await actor('operator'))).ok);
  });

  it('are kept until they would have expired, so that an older copy does not come back', async () => {
    const { invitations, invite, idOf, stores, time } = await openSignUp();
    const id = await idOf(await invite());
    await invitations.revoke(id);
    const sweep = async () => {
      await stores.records.sweep(invitationKind, 10);
      return (await stores.records.get(invitationKind, id)) !== undefined;
    };
    time.now += 8 * day - 1;
    equal(await sweep(), true);
    time.now += 1;
    equal(await sweep(), false);
  });
});

type Opened = Awaited<ReturnType<typeof openSignUp>>;

describe('who uses an invitation gets', () => {
  const cases: [title: string, by: string, role: string, after: (opened: Opened) => Promise<unknown>, got: string][] = [
    ['its role, waiting, when an operator made it', 'operator', 'viewer', async () => 0, 'pending viewer'],
    ['its role, at once, when an admin made it', 'admin', 'operator', async () => 0, 'active operator'],
    [
      'nothing once the inviter has a lower role',
      'admin',
      'user',
      ({ users }) => users.edit('the-admin', { role: 'operator' }, command),
      'validation_failed invitation',
    ],
    [
      'nothing once the inviter had a lower role, though they are what they were again',
      'admin',
      'user',
      async ({ users }) => {
        await users.edit('the-admin', { role: 'operator' }, command);
        await users.edit('the-admin', { role: 'admin' }, command);
      },
      'validation_failed invitation',
    ],
    [
      'nothing once the inviter is not active',
      'operator',
      'user',
      ({ users }) => users.edit('the-operator', { active: false }, command),
      'validation_failed invitation',
    ],
    [
      'nothing once the inviter was deleted, though another has the name',
      'operator',
      'user',
      async ({ users }) => {
        await users.remove('the-operator', command);
        await users.create({ username: 'the-operator', role: 'admin', reuseName: true }, command);
      },
      'validation_failed invitation',
    ],
    [
      'no more than before when the inviter has a higher role now',
      'operator',
      'user',
      ({ users }) => users.edit('the-operator', { role: 'admin' }, command),
      'pending user',
    ],
  ];
  for (const [title, who, role, change, got] of cases) {
    it(title, async () => {
      const opened = await openSignUp();
      ok((await opened.users.create({ username: 'spare', role: 'admin' }, command)).ok);
      const invitation = await opened.invite({ role }, who);
      await change(opened);
      const [listed] = (await opened.invitations.list()).items;
      equal(listed?.active ?? false, !got.startsWith('validation_failed'), 'the list says whether it is void');
      equal(await opened.signUp({ invitation }), got);
    });
  }

  it('no more than the inviter may give, whatever their counter of rights says', async () => {
    const { invite, record, stores, signUp } = await openSignUp();
    const invitation = await invite({ role: 'operator' });
    const { id = '' } = (await record('the-admin')) ?? {};
    await stores.records.change(userKind, id, (user) =>
      user === undefined
        ? { kind: 'keep', answer: undefined }
        : { kind: 'put', record: { ...user, role: 'operator' }, answer: undefined },
    );
    equal(await signUp({ invitation }), 'pending user');
  });

  it('no more than the credential could give that it was made with', async () => {
    const { invitations, actor, signUp } = await openSignUp();
    const { principal } = await actor('admin');
    const narrow = { principal: { ...principal, role: 'operator' } };
    equal(codeOf(await invitations.create({ role: 'operator' }, narrow)), 'insufficient_role');
    const made = await invitations.create({ role: 'user' }, narrow);
    ok(made.ok);
    equal(await signUp({ invitation: made.value.code }), 'pending user');
  });

  it('what the program gives, when the program made it', async () => {
    const { invitations, signUp } = await openSignUp();
    for (const who of [undefined, command]) {
      const made = await invitations.create({ role: 'operator' }, who);
      ok(made.ok);
      equal(await signUp({ invitation: made.value.code }), 'active operator');
    }
  });

  it('at most what the inviter may give on the ladder of now', async () => {
    const { parts, record } = await openAccounts();
    const [before, now] = ['anony,viewer,clerk,lead=operator,admin', 'anony,viewer,lead=operator,clerk,admin'].map(
      (roles) => ({ ...parts, ladder: ladder(roles) }),
    );
    ok(before && now);
    await usersService(before).create({ username: 'lea', role: 'lead' }, command);
    const { id = '' } = (await record('lea')) ?? {};
    const lea: Actor = { principal: { kind: 'user', id, name: 'lea', role: 'lead', scopes: [], via: 'session' } };
    const made = await signUpOver(before).invitations.create({ role: 'clerk' }, lea);
    ok(made.ok);
    const { signUps } = signUpOver(now);
    const done = await signUps.signUp({ username: 'eve', password, invitation: made.value.code }, caller);
    equal(outcomeOf(done), 'pending viewer');
  });
});
