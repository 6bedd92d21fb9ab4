import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { openSignUp, outcomeOf, signUpOver } from './inviting.ts';
import { by, caller, password } from './open.ts';

const admin = by('admin', 'command');

describe('who may sign up', () => {
  const modes: [title: string, options: Parameters<typeof openSignUp>[0], bare: string, invited: string][] = [
    ['nobody while it is closed', { signup: 'closed' }, 'signup_closed', 'signup_closed'],
    ['nobody while there is no admin', { signup: 'open', adminIsNeeded: true }, 'signup_closed', 'signup_closed'],
    ['people with an invitation', { signup: 'invite' }, 'validation_failed invitation', 'active user'],
    ['everybody, waiting for an admin', { signup: 'open' }, 'pending user', 'active user'],
    ['everybody, at once', { signup: 'open', newUserIsActive: true }, 'active user', 'active user'],
    ['everybody, as DEFAULT_ROLE', { signup: 'open', defaultRole: 'viewer' }, 'pending viewer', 'active viewer'],
  ];
  for (const [title, options, bare, invited] of modes) {
    it(title, async () => {
      const { signUp, invite, signUps } = await openSignUp(options);
      equal(await signUp(), bare);
      equal(await signUp({ invitation: await invite() }), invited);
      equal(await signUps.mode(), options?.adminIsNeeded ? 'closed' : options?.signup);
    });
  }

  it('with an invitation that cannot be used nobody, though sign-up is open', async () => {
    const { signUp, users } = await openSignUp({ signup: 'open' });
    for (const invitation of ['', 'gwi_x', `gwi_${'0'.repeat(36)}`]) {
      equal(await signUp({ username: 'eve', invitation }), 'validation_failed invitation');
    }
    equal(await users.get('eve'), undefined);
  });
});

describe('who has signed up', () => {
  it('cannot sign in before an admin has activated the account, and then can', async () => {
    const { signUp, signIn, users, events } = await openSignUp({ signup: 'open' });
    equal(await signUp({ username: 'Eve' }), 'pending user');
    const verify = async (typed: string) => {
      const done = await signIn.verify({ username: 'eve', password: typed }, caller);
      return done.ok ? 'ok' : done.refusal.code;
    };
    equal(await verify(password), 'account_pending');
    equal(await verify('not the password'), 'invalid_credentials');
    events.length = 0;
    ok((await users.edit('eve', { active: true }, admin)).ok);
    deepEqual(
      events.map(({ event, subject, detail }) => ({ event, subject, detail })),
      [{ event: 'user.changed', subject: 'user:Eve', detail: { action: 'edited', active: true } }],
    );
    equal(await verify(password), 'ok');
  });

  it('has the address and the name that they gave, and the address is not confirmed', async () => {
    const { signUp, users } = await openSignUp({ signup: 'open' });
    await signUp({ username: 'Eve', email: 'Eve@example.com', displayName: 'Eve 李' });
    const { email, emailConfirmed, displayName, username } = (await users.get('eve')) ?? {};
    deepEqual([username, email, emailConfirmed, displayName], ['Eve', 'Eve@example.com', false, 'Eve 李']);
  });

  it('is told to caches, and written down with the address it came from', async () => {
    const { signUps, invite, events, published, users } = await openSignUp({});
    const invitation = await invite();
    events.length = 0;
    ok((await signUps.signUp({ username: 'eve', password, invitation }, caller)).ok);
    const { id } = (await users.get('eve')) ?? {};
    deepEqual(published, [{ kind: 'user', id, version: 1 }]);
    const who = { actor: 'eve', via: 'none', ...caller, outcome: 'ok' };
    const [signedUp, used, ...more] = events;
    deepEqual(signedUp, {
      event: 'user.changed',
      ...who,
      subject: 'user:eve',
      detail: { action: 'signed up', role: 'user', active: true },
    });
    equal(used?.subject?.startsWith('invitation:i_'), true);
    deepEqual(
      { ...used, subject: '' },
      {
        event: 'invitation.changed',
        ...who,
        subject: '',
        detail: { action: 'used', user: 'eve' },
      },
    );
    deepEqual(more, []);
    equal(JSON.stringify(events).includes(invitation), false);
  });

  it('as an admin, by an admin’s invitation, counts as one', async () => {
    const { signUp, invite, users } = await openSignUp();
    equal(await signUp({ username: 'boss', invitation: await invite({ role: 'admin' }) }), 'active admin');
    // The other may leave only if this one counts as an admin.
    ok((await users.remove('the-admin', admin)).ok);
    const last = await users.remove('boss', admin);
    equal(last.ok ? 'ok' : last.refusal.code, 'conflict');
  });
});

describe('a sign-up is refused', () => {
  const wrong: [title: string, input: Record<string, unknown>, fields: string][] = [
    ['without a name and a password', { username: undefined, password: undefined }, 'username password'],
    [
      'with objects in place of texts',
      { username: {}, password: [], email: {}, displayName: 1, invitation: {} },
      'username password email display_name invitation',
    ],
    ['with a reserved name', { username: 'Admin' }, 'username'],
    ['with an address as the name', { username: 'eve@example.com' }, 'username'],
    ['with a password that is too short', { password: 'short' }, 'password'],
    ['with its address as the password', { email: 'a.b.c.d@example.com', password: 'a.b.c.d@example.com' }, 'password'],
    ['with an address that is none', { email: 'x' }, 'email'],
    ['with a display name of control characters', { displayName: '\u0007' }, 'display_name'],
  ];
  for (const [title, input, fields] of wrong) {
    it(title, async () => {
      const { signUp, hasher } = await openSignUp({ signup: 'open' });
      const before = hasher.performed;
      equal(await signUp(input), `validation_failed ${fields}`);
      equal(hasher.performed, before);
    });
  }

  it('with a name that a setting gives to a user who is not there yet, as if they were', async () => {
    const { signUp, users } = await openSignUp({ signup: 'open', superuser: 'Boss', autoLoginUser: 'kiosk' });
    for (const username of ['boss', 'Kiosk', 'LOCAL', 'the-admin'])
      equal(await signUp({ username }), 'conflict username');
    equal((await users.list()).items.length, 3);
  });

  it('with a reserved name to be shown, in any spelling', async () => {
    const { signUp } = await openSignUp({ signup: 'open' });
    for (const displayName of ['Admin', ' ROOT ', 'ａdministrator']) {
      equal(await signUp({ displayName }), 'validation_failed display_name');
    }
    for (const displayName of ['Ada Admin', 'eve@example.com', '李', 'x'.repeat(200)]) {
      equal(await signUp({ displayName }), 'pending user');
    }
  });

  it('with a name or an address of somebody, in any case, before a password is hashed', async () => {
    const { signUp, users, hasher } = await openSignUp({ signup: 'open' });
    await users.create({ username: 'ada', email: 'ada@example.com' }, admin);
    await users.create({ username: 'bob@example.com' }, admin);
    await users.create({ username: 'gone' }, admin);
    await users.remove('gone', admin);
    const before = hasher.performed;
    for (const username of ['ada', 'ADA', 'gone', 'Gone']) equal(await signUp({ username }), 'conflict username');
    for (const email of ['ada@example.com', 'ADA@Example.com', 'bob@example.com']) {
      equal(await signUp({ username: 'eve', email }), 'conflict email');
    }
    equal(hasher.performed, before);
    equal(await users.get('eve'), undefined);
  });

  it('with the same words for a name that is taken and one that was deleted', async () => {
    const { signUps, users } = await openSignUp({ signup: 'open' });
    await users.create({ username: 'ada' }, admin);
    await users.create({ username: 'gone' }, admin);
    await users.remove('gone', admin);
    const [one, other] = await Promise.all(
      ['ada', 'gone'].map((username) => signUps.signUp({ username, password }, caller)),
    );
    deepEqual(one, other);
  });

  it('of two at once with one name or one address, one', async () => {
    const { signUp } = await openSignUp({ signup: 'open' });
    for (const input of [{ username: 'eve' }, { email: 'eve@example.com' }]) {
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => signUp(input)));
      equal(outcomes.filter((one) => one === 'pending user').length, 1, `${outcomes}`);
    }
  });
});

describe('from one address', () => {
  it('30 people sign up within an hour, whatever they call themselves', async () => {
    const { signUp, users, hasher } = await openSignUp({ signup: 'open' });
    const outcomes = new Set<string>();
    for (let at = 0; at < 30; at += 1) outcomes.add(await signUp({}, `2001:db8::${at}`));
    deepEqual([...outcomes], ['pending user']);
    const [before, there] = [hasher.performed, (await users.list({ limit: 200 })).items.length];
    for (let at = 0; at < 30; at += 1) equal(await signUp({}, `2001:db8::f:${at}`), 'rate_limited');
    deepEqual([hasher.performed, (await users.list({ limit: 200 })).items.length], [before, there]);
    equal(await signUp({}, '2001:db8:0:1::1'), 'pending user');
  });

  it('names that are taken count, so that few can be asked for, with an invitation too', async () => {
    for (const invited of [true, false]) {
      const { signUp, invite } = await openSignUp({ signup: 'open' });
      const invitation = invited ? await invite() : undefined;
      const ask = () => signUp({ username: 'the-admin', invitation }, '192.0.2.1');
      for (let at = 0; at < 30; at += 1) equal(await ask(), 'conflict username');
      equal(await ask(), 'rate_limited');
    }
  });

  it('everybody whom one invitation is for signs up', async () => {
    const { signUp, invite } = await openSignUp();
    const invitation = await invite({ uses: 100 });
    const outcomes: string[] = [];
    for (let at = 0; at < 100; at += 1) outcomes.push(await signUp({ invitation }, '192.0.2.1'));
    deepEqual([...new Set(outcomes)], ['active user']);
    equal(await signUp({ invitation }, '192.0.2.1'), 'validation_failed invitation');
  });

  it('100 wrong invitations a day, counted with wrong passwords', async () => {
    const { signUp, signIn, events } = await openSignUp({ signup: 'open' });
    for (let at = 0; at < 60; at += 1) {
      equal(await signUp({ invitation: `gwi_${at}` }, '192.0.2.1'), 'validation_failed invitation');
    }
    for (let at = 0; at < 40; at += 1) {
      await signIn.verify({ username: `nobody${at}`, password }, { address: '192.0.2.1' });
    }
    events.length = 0;
    equal(await signUp({ invitation: 'gwi_' }, '192.0.2.1'), 'rate_limited');
    const verified = await signIn.verify({ username: 'another', password }, { address: '192.0.2.1' });
    equal(verified.ok ? 'ok' : verified.refusal.code, 'rate_limited');
    deepEqual(
      events.map(({ event, outcome, detail }) => ({ event, outcome, detail })),
      [
        { event: 'login.failed', outcome: 'rate_limited', detail: { door: 'sign-up' } },
        { event: 'login.failed', outcome: 'rate_limited', detail: { door: 'api', method: 'password' } },
      ],
    );
    equal(await signUp({ invitation: 'gwi_' }, '192.0.2.2'), 'validation_failed invitation');
  });
});

it('the password of who signs up waits in the queue as a stranger’s, and a full queue is an outage', async () => {
  const { parts, hasher, users } = await openSignUp();
  const asked: unknown[] = [];
  const hash: typeof hasher.hash = async (_, options) => {
    asked.push(options);
    throw new StoreUnavailableError('hashing');
  };
  const { signUps } = signUpOver({ ...parts, hasher: { ...hasher, hash } }, { signup: 'open' });
  await rejects(signUps.signUp({ username: 'eve', password }, caller), StoreUnavailableError);
  deepEqual(asked, [{ stranger: true }]);
  equal(await users.get('eve'), undefined);
});

it('an inviter who loses the right while the password is hashed invites nobody', async () => {
  const opened = await openSignUp();
  const { parts, users, hasher, actor, invitations } = opened;
  ok((await users.create({ username: 'second', role: 'admin' }, admin)).ok);
  const made = await invitations.create({}, await actor('admin', 'second'));
  ok(made.ok);
  const hash: typeof hasher.hash = async (typed) => {
    await users.edit('second', { role: 'operator' }, admin);
    return hasher.hash(typed);
  };
  const { signUps } = signUpOver({ ...parts, hasher: { ...hasher, hash } });
  const done = await signUps.signUp({ username: 'eve', password, invitation: made.value.code }, caller);
  equal(outcomeOf(done), 'validation_failed invitation');
  equal(await users.get('eve'), undefined);
});

it('what is refused says nothing of the reason why an invitation cannot be used', async () => {
  const opened = await openSignUp();
  const { invite, invitations, signUps, users, time } = opened;
  const expired = await invite({ expiresAt: time.now + 1000 });
  const withdrawn = await invite();
  const used = await invite();
  await users.create({ username: 'second', role: 'admin' }, admin);
  const voided = await invitations.create({}, await opened.actor('admin', 'second'));
  ok(voided.ok);
  await users.edit('second', { active: false }, admin);
  await opened.signUp({ invitation: used });
  time.now += 2000;
  ok((await invitations.revoke(await opened.idOf(withdrawn))).ok);
  const codes = [expired, withdrawn, used, voided.value.code, `gwi_${'0'.repeat(36)}`, 'nonsense', ''];
  const answers = await Promise.all(
    codes.map((invitation) => signUps.signUp({ username: 'eve', password, invitation }, caller)),
  );
  for (const answer of answers) deepEqual(answer, answers[0]);
  equal(answers[0] && outcomeOf(answers[0]), 'validation_failed invitation');
});
