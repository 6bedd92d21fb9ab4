import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { passwordSignIn } from '../../lib/accounts/password-sign-in.ts';
import { signInService } from '../../lib/accounts/sign-in.ts';
import { keyring } from '../../lib/crypto/keyring.ts';
import { passwordHasher } from '../../lib/crypto/password-hash.ts';
import { NotToldError } from '../../lib/errors.ts';
import type { Actor } from '../../lib/types.ts';
import { by, caller, keepSession, openAccounts, password } from './open.ts';

const admin = by('admin');

async function open(more: Parameters<typeof openAccounts>[0] = {}) {
  const opened = await openAccounts(more);
  const { users, signIn } = opened;
  const made = await users.create({ username: 'Ada', password, email: 'Ada@example.com' }, admin);
  await users.create({ username: 'pending', password, active: false }, admin);
  await users.create({ username: 'disabled', password }, admin);
  await users.edit('disabled', { active: false }, admin);
  await users.create({ username: 'passwordless' }, admin);
  opened.events.length = 0;
  const code = async (username: unknown, given: unknown, address = caller.address) => {
    const known = await signIn.verify({ username, password: given }, { ...caller, address });
    return known.ok ? 'ok' : known.refusal.code;
  };
  const id = made.ok ? made.value.id : '';
  /** Ada, signed in by this session. */
  const me = (sessionId: string): Actor => ({
    principal: { kind: 'user', id, name: 'Ada', role: 'user', scopes: [], via: 'session', sessionId },
    ...caller,
  });
  return { ...opened, id, me, code };
}

describe('signing in with a password', () => {
  for (const name of ['Ada', 'ada', ' ADA ', 'ａｄａ', 'ada@EXAMPLE.com']) {
    it(`finds the user who types ${JSON.stringify(name)}`, async () => {
      const { signIn, id } = await open();
      const known = await signIn.verify({ username: name, password }, caller);
      ok(known.ok);
      equal(known.value.id, id);
    });
  }

  it('is written down: in the log, and as last sign-in', async () => {
    const { code, events, users } = await open();
    await code('ada', password);
    deepEqual(
      events.map(({ event, actor, address, agent, outcome }) => [event, actor, address, agent, outcome]),
      [['login.succeeded', 'Ada', '192.0.2.1', 'test', 'ok']],
    );
    ok(((await users.get('ada'))?.lastLoginAt ?? 0) > Date.now() - 10_000);
  });

  const answers: [username: unknown, given: unknown, code: string][] = [
    ['ada', 'wrong kettle 27 sails', 'invalid_credentials'],
    ['nobody', password, 'invalid_credentials'],
    ['passwordless', password, 'invalid_credentials'],
    ['passwordless', '', 'invalid_credentials'],
    ['pending', 'wrong kettle 27 sails', 'invalid_credentials'],
    ['disabled', 'wrong kettle 27 sails', 'invalid_credentials'],
    ['pending', password, 'account_pending'],
    ['disabled', password, 'account_disabled'],
    ['', password, 'invalid_credentials'],
    ['ada\u0000', password, 'invalid_credentials'],
    ['\ud800', password, 'invalid_credentials'],
    ['__proto__', password, 'invalid_credentials'],
    ['x'.repeat(100_000), password, 'invalid_credentials'],
    ['ada', `${password}\u0000`, 'invalid_credentials'],
    ['ada', `${password}\ud800`, 'invalid_credentials'],
    ['ada', `${password} `, 'invalid_credentials'],
    ['ada', 'x'.repeat(1_000_000), 'invalid_credentials'],
    ['ada', '', 'invalid_credentials'],
    [{ $ne: '' }, password, 'validation_failed'],
    ['ada', { $ne: '' }, 'validation_failed'],
    [['ada'], [password], 'validation_failed'],
    ['ada', undefined, 'validation_failed'],
    [null, 7, 'validation_failed'],
  ];
  for (const [username, given, expected] of answers) {
    const title = `${JSON.stringify(username)?.slice(0, 24)} with ${JSON.stringify(given)?.slice(0, 32)}`;
    it(`answers ${title}: ${expected}`, async () => {
      const { code } = await open();
      equal(await code(username, given), expected);
    });
  }

  it('does the same hashing work for known, unknown, disabled and passwordless', async () => {
    const { hasher, code } = await open();
    const works: number[] = [];
    for (const name of ['ada', 'nobody', 'disabled', 'pending', 'passwordless', 'a\u0000']) {
      const before = hasher.performed;
      await code(name, 'wrong kettle 27 sails');
      works.push(hasher.performed - before);
    }
    deepEqual(works, [1, 1, 1, 1, 1, 1]);
  });

  it('writes failures under the name of whom they are about, and the reason', async () => {
    const { code, events } = await open({ loginMaxFailures: 1 });
    await code('ADA', 'wrong');
    await code('ada@example.com', password);
    await code('disabled', password);
    deepEqual(
      events.map(({ event, actor, outcome }) => [event, actor, outcome]),
      [
        ['login.failed', 'Ada', 'invalid_credentials'],
        ['login.failed', 'Ada', 'rate_limited'],
        ['login.failed', 'disabled', 'account_disabled'],
      ],
    );
  });

  it('writes nothing that was typed as a name and is none: it may be a password', async () => {
    const { code, events, stores } = await open();
    const secret = 'violet kettle 27 sails';
    for (const typed of [secret, ` ${secret.toUpperCase()}`, `${secret}!`]) await code(typed, 'x');
    const [first, second, other] = events.map(({ actor }) => actor);
    match(first ?? '', /^unknown:[\w-]{16}$/);
    equal(second, first);
    notEqual(other, first);
    equal(JSON.stringify(events).includes('violet'), false);
    equal((await stores.attempts.count(`user:${first}`, 86_400_000)).count, 2);
    const elsewhere = await open();
    await passwordSignIn({ ...elsewhere.parts, keyring: keyring(['k2'.repeat(22)]) }).verify(
      { username: secret, password: 'x' },
      caller,
    );
    notEqual(elsewhere.events[0]?.actor, first);
  });

  it('tells two passwords apart that differ beyond the 72nd byte', async () => {
    const { users, code } = await open();
    const long = 'violet kettle '.repeat(10);
    ok((await users.edit('ada', { password: `${long}A` }, admin)).ok);
    equal(await code('ada', `${long}B`), 'invalid_credentials');
    equal(await code('ada', `${long}A`), 'ok');
  });

  it('takes a password in either Unicode form', async () => {
    const { users, code } = await open();
    ok((await users.edit('ada', { password: 'caf\u00e9 au lait 27' }, admin)).ok);
    equal(await code('ada', 'cafe\u0301 au lait 27'), 'ok');
  });

  it('hashes a password anew that was hashed at a lower cost, and ends nothing by it', async () => {
    const { parts, record } = await open();
    const signIn = passwordSignIn({ ...parts, hasher: passwordHasher({ cost: 5 }) });
    ok((await signIn.verify({ username: 'ada', password }, caller)).ok);
    const user = await record('ada');
    ok(user?.passwordHash?.startsWith('$gw1$$2b$05$'), user?.passwordHash?.slice(0, 12));
    equal(user?.epoch, 0);
    ok((await signIn.verify({ username: 'ada', password }, caller)).ok);
  });
});

describe('guessing a password', () => {
  it('100 times at once costs at most five hashes', async () => {
    const { hasher, code } = await open();
    const before = hasher.performed;
    const codes = await Promise.all(Array.from({ length: 100 }, (_, at) => code('ada', `wrong kettle ${at}`)));
    ok(hasher.performed - before <= 5, `${hasher.performed - before} hashes`);
    equal(codes.filter((one) => one === 'rate_limited').length, 95);
  });

  it('counts every spelling of a name, and its address, on one counter', async () => {
    const { code } = await open();
    const spellings = ['ada', 'ADA', 'ａｄａ', ' Ada', 'ada@example.com', 'ADA@Example.com'];
    const codes: string[] = [];
    for (const name of spellings) codes.push(await code(name, 'wrong'));
    deepEqual(codes, [...Array(5).fill('invalid_credentials'), 'rate_limited']);
  });

  it('counts every spelling of a name that nobody has', async () => {
    const { code } = await open();
    const codes: string[] = [];
    for (const name of ['eve', 'EVE', 'ｅve', ' eve ', 'eve', 'Eve']) codes.push(await code(name, 'wrong'));
    equal(codes.at(-1), 'rate_limited');
  });

  it('compares nothing while limited, not even the right password, and says when to come again', async () => {
    const { hasher, code, signIn } = await open();
    for (let at = 0; at < 5; at++) await code('ada', 'wrong');
    const before = hasher.performed;
    const limited = await signIn.verify({ username: 'ada', password }, caller);
    ok(!limited.ok);
    equal(limited.refusal.code, 'rate_limited');
    ok((limited.refusal.retryAfter ?? 0) > 0);
    equal(hasher.performed, before);
  });

  it('leaves the current password of a live session alone', async () => {
    const { code, signIn, me } = await open();
    for (let at = 0; at < 9; at++) await code('ada', 'wrong');
    ok((await signIn.confirm(me('s1'), password)).ok);
  });

  it('with 300 right ones at once lets each in, or asks for seconds, and counts for nothing', async () => {
    const { signIn, code } = await open();
    const all = await Promise.all(
      Array.from({ length: 300 }, () => signIn.verify({ username: 'ada', password }, caller)),
    );
    const waits = all.flatMap((one) => (one.ok ? [] : [one.refusal.retryAfter ?? Number.NaN]));
    ok(all.length - waits.length >= 5);
    ok(
      waits.every((seconds) => seconds <= 5),
      `${Math.max(...waits)} seconds`,
    );
    for (let at = 0; at < 4; at++) equal(await code('ada', 'wrong'), 'invalid_credentials');
    equal(await code('ada', password), 'ok');
  });

  it('with 300 invented names blocks nobody who has signed in from there, nor anybody elsewhere', async () => {
    const { code } = await open();
    equal(await code('ada', password), 'ok');
    for (let at = 0; at < 300; at++) await code(`invented-${at}`, 'wrong');
    equal(await code('invented-x', 'wrong'), 'rate_limited');
    equal(await code('ada', password), 'ok');
    equal(await code('disabled', password, '192.0.2.2'), 'account_disabled');
  });

  it('from everywhere at once leaves room for who has signed in from there before', async () => {
    const { parts } = await open();
    const signIn = passwordSignIn({ ...parts, hasher: passwordHasher({ cost: 8, concurrency: 1, queue: 10 }) });
    const verify = (username: string, given: string, address: string) =>
      signIn.verify({ username, password: given }, { ...caller, address });
    ok((await verify('ada', password, '192.0.2.1')).ok);
    const flood = Array.from({ length: 50 }, (_, at) => verify(`invented-${at}`, 'wrong', `198.18.0.${at}`));
    const honest = await verify('ada', password, '192.0.2.1');
    equal(honest.ok ? 'ok' : honest.refusal.code, 'ok');
    const codes = (await Promise.all(flood)).map((one) => (one.ok ? 'ok' : one.refusal.code));
    deepEqual([...new Set(codes)].sort(), ['invalid_credentials', 'store_unavailable']);
  });

  it('costs no attempt when the hashing queue is full', async () => {
    const { parts } = await open();
    const hasher = passwordHasher({ cost: 12, concurrency: 1, queue: 0 });
    const signIn = passwordSignIn({ ...parts, hasher });
    const busy = hasher.hash(password);
    for (let at = 0; at < 8; at++) {
      const refused = await signIn.verify({ username: 'ada', password: 'wrong' }, caller);
      deepEqual(refused, { ok: false, refusal: { code: 'store_unavailable', retryAfter: 2 } });
    }
    await busy;
    equal((await signIn.verify({ username: 'ada', password }, caller)).ok, true);
  });
});

describe('confirming with the current password', () => {
  const cases: [title: string, given: unknown, code: string][] = [
    ['nothing', undefined, 'confirmation_required'],
    ['null', null, 'confirmation_required'],
    ['an empty one', '', 'confirmation_required'],
    ['an object', {}, 'validation_failed'],
    ['a wrong one', 'wrong kettle', 'confirmation_required'],
    ['the right one', password, 'ok'],
  ];
  for (const [title, given, code] of cases) {
    it(`answers ${title}: ${code}`, async () => {
      const { signIn, me } = await open();
      const known = await signIn.confirm(me('s1'), given);
      equal(known.ok ? 'ok' : known.refusal.code, code);
    });
  }

  it('wrong too often is limited in that session alone', async () => {
    const { signIn, me, hasher } = await open();
    const codes: string[] = [];
    for (let at = 0; at < 6; at++) {
      const known = await signIn.confirm(me('s1'), 'wrong');
      codes.push(known.ok ? 'ok' : known.refusal.code);
    }
    deepEqual(codes, [...Array(5).fill('confirmation_required'), 'rate_limited']);
    const before = hasher.performed;
    equal((await signIn.confirm(me('s1'), password)).ok, false);
    equal(hasher.performed, before);
    ok((await signIn.confirm(me('s2'), password)).ok);
    ok((await signIn.verify({ username: 'ada', password }, caller)).ok);
  });

  it('wrong is written down under the name, and how they are signed in', async () => {
    const { signIn, me, events } = await open();
    await signIn.confirm(me('s1'), 'wrong');
    deepEqual(
      events.map(({ event, actor, via, outcome, detail }) => [event, actor, via, outcome, detail]),
      [['login.failed', 'Ada', 'session', 'invalid_credentials', { door: 'confirm', method: 'password' }]],
    );
  });

  it('is no sign-in', async () => {
    const { signIn, me, events, users } = await open();
    ok((await signIn.confirm(me('s1'), password)).ok);
    deepEqual(events, []);
    equal((await users.get('ada'))?.lastLoginAt, undefined);
  });
});

describe('changing the own password', () => {
  const next = 'other kettle 28 boats';

  const changed = (result: Awaited<ReturnType<Awaited<ReturnType<typeof open>>['signIn']['change']>>) =>
    result.ok ? 'ok' : result.refusal.code;

  it('ends all but the session that is kept, which the same write names', async () => {
    const { signIn, stores, record, id, code, time } = await open();
    for (const session of ['mine', 'other']) await keepSession(stores, { id: session, userId: id, epoch: 0 });
    ok((await signIn.change(id, { password: next, keep: { id: 'mine', epoch: 0 } }, admin)).ok);
    const user = await record('ada');
    deepEqual([user?.epoch, user?.kept], [1, { id: 'mine', epoch: 1, at: time.now }]);
    ok(await stores.sessions.find('mine', time.now));
    equal(await stores.sessions.find('other', time.now), undefined);
    deepEqual([await code('ada', password), await code('ada', next)], ['invalid_credentials', 'ok']);
  });

  it('leaves the old id of a session with a new one behind, refused, for a minute', async () => {
    const { signIn, stores, record, id, time } = await open();
    for (const session of ['mine', 'next']) await keepSession(stores, { id: session, userId: id, epoch: 0 });
    ok((await signIn.change(id, { password: next, keep: { id: 'mine', epoch: 0, newId: 'next' } }, admin)).ok);
    deepEqual((await record('ada'))?.kept, { id: 'next', epoch: 1, was: 'mine', at: time.now });
    ok(await stores.sessions.find('mine', time.now));
    equal(await stores.sessions.find('mine', time.now + 60_000), undefined);
  });

  it('leaves API tokens as they are, unless it is told to end them', async () => {
    const { signIn, record, id, events } = await open();
    await signIn.change(id, { password: next }, admin);
    equal((await record('ada'))?.tokenEpoch, 0);
    await signIn.change(id, { password: next, endTokens: true }, admin);
    equal((await record('ada'))?.tokenEpoch, 1);
    deepEqual(events.at(-1)?.detail, { action: 'edited', changed: 'password', tokens: true });
  });

  it('is refused to a session that has ended meanwhile, and changes nothing then', async () => {
    const { signIn, id, users, code } = await open();
    await users.endAll('ada', {}, admin);
    equal(changed(await signIn.change(id, { password: next, keep: { id: 'mine', epoch: 0 } })), 'token_revoked');
    equal(changed(await signIn.change(id, { password: next, epoch: 0 })), 'token_revoked');
    deepEqual([await code('ada', password), await code('ada', next)], ['ok', 'invalid_credentials']);
  });

  it('of one session twice at the same time succeeds once', async () => {
    const { signIn, id } = await open();
    const results = await Promise.all(
      ['a', 'b'].map((newId) =>
        signIn.change(id, { password: `${next} ${newId}`, keep: { id: 'mine', epoch: 0, newId } }),
      ),
    );
    deepEqual(results.map(changed).sort(), ['ok', 'token_revoked']);
  });

  it('is noted and told when the telling fails, which the caller hears of', async () => {
    const { parts, id, events, record } = await open();
    const untold = { ...parts.bus, publish: () => Promise.reject(new NotToldError('redis')) };
    await rejects(passwordSignIn({ ...parts, bus: untold }).change(id, { password: next }, admin), NotToldError);
    equal((await record('ada'))?.epoch, 1);
    deepEqual(events.at(-1)?.detail, { action: 'edited', changed: 'password' });
  });

  describe('as an app asks for it', () => {
    const strangers: [title: string, owner: 'ada' | 'eve' | undefined, epoch: number][] = [
      ['that is not there', undefined, 0],
      ['of somebody else', 'eve', 0],
      ['that was ended by an earlier epoch', 'ada', -1],
    ];
    for (const [title, owner, epoch] of strangers) {
      it(`is refused with a session ${title}`, async () => {
        const { signIn, stores, id } = await open();
        if (owner) await keepSession(stores, { id: 'mine', userId: owner === 'ada' ? id : 'u_eve', epoch });
        const service = signInService(signIn, stores);
        equal(changed(await service.change('ada', { password: next, keep: 'mine' }, admin)), 'token_revoked');
        equal(changed(await service.change('ada', { password: next }, admin)), 'ok');
      });
    }
  });

  for (const [title, given] of [
    ['too short', 'short'],
    ['common', 'password1234'],
    ['the own address', 'ada@example.com'],
  ] as const) {
    it(`refuses one that is ${title}`, async () => {
      const { signIn, id } = await open();
      const changed = await signIn.change(id, { password: given }, admin);
      ok(!changed.ok);
      deepEqual(
        changed.refusal.problems?.map((problem) => problem.field),
        ['new_password'],
      );
    });
  }
});
