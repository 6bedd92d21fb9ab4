import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { firstAdmin } from '../../lib/accounts/first-admin.ts';
import { ensureSuperuser } from '../../lib/accounts/superuser.ts';
import { keyring } from '../../lib/crypto/keyring.ts';
import { by, caller, openAccounts, password, roles } from './open.ts';

const secret = (letter: string) => Buffer.from(letter.repeat(32)).toString('base64url');
const command = by('admin', 'command');

async function open(more: Parameters<typeof openAccounts>[0] = {}) {
  const opened = await openAccounts(more);
  const { time } = opened;
  const parts = { ...opened.parts, keyring: keyring([secret('a')]) };
  const first = await firstAdmin(parts);
  const setUp = async (token: unknown, more: object = {}, address = caller.address) => {
    const made = await first.setUp({ token, username: 'ada', password, ...more }, { ...caller, address });
    return made.ok ? 'ok' : made.refusal.code;
  };
  return { ...opened, parts, first, setUp, time };
}

describe('the setup token', () => {
  it('is each instance’s own, and good on all of them for an hour', async () => {
    const { first, parts, time } = await open();
    time.now += 1000;
    const again = await firstAdmin(parts);
    match(first.setupToken(), /^[A-Za-z0-9_-]{32}$/);
    const token = again.setupToken();
    time.now += 60_000;
    const elsewhere = await firstAdmin(parts);
    notEqual(elsewhere.setupToken(), token);
    ok((await elsewhere.setUp({ token, username: 'ada', password }, caller)).ok);
  });

  it('is another for every installation and key', async () => {
    const { parts, setUp } = await open();
    const otherInstallation = await open();
    const otherKey = await firstAdmin({ ...parts, keyring: keyring([secret('b')]) });
    for (const { setupToken } of [otherInstallation.first, otherKey]) equal(await setUp(setupToken()), 'invalid_token');
  });

  const ages: [title: string, ms: number, code: string][] = [
    ['59 minutes old opens', 59 * 60_000, 'ok'],
    ['an hour old has ended', 60 * 60_000, 'token_expired'],
    ['of yesterday has ended', 86_400_000, 'token_expired'],
    ['of a clock a minute ahead opens', -60_000, 'ok'],
    ['of a clock an hour ahead has ended', -3_600_000, 'token_expired'],
  ];
  for (const [title, ms, code] of ages) {
    it(`${title}`, async () => {
      const { first, setUp, time, events } = await open();
      const token = first.setupToken();
      time.now += ms;
      equal(await setUp(token), code);
      if (code !== 'ok') deepEqual([events.length, events[0]?.event, events[0]?.outcome], [1, 'login.failed', code]);
    });
  }

  it('whose time was changed by hand opens nothing', async () => {
    const { first, setUp, time } = await open();
    const token = first.setupToken();
    time.now += 3_600_000;
    const bytes = Buffer.from(token, 'base64url');
    bytes.writeUIntBE(Math.floor(time.now / 1000), 0, 5);
    equal(await setUp(bytes.toString('base64url')), 'invalid_token');
  });

  it('of an older secret key opens still', async () => {
    const { first, parts } = await open();
    const rotated = await firstAdmin({ ...parts, keyring: keyring([secret('b'), secret('a')]) });
    ok((await rotated.setUp({ token: first.setupToken(), username: 'ada', password }, caller)).ok);
  });

  it('makes an admin who can sign in, and is told', async () => {
    const { first, setUp, signIn, users, events, published } = await open();
    equal(await first.needed(), true);
    equal(await setUp(first.setupToken(), { username: 'root' }), 'ok');
    equal(await first.needed(), false);
    const user = await users.get('root');
    deepEqual([user?.role, user?.state], ['admin', 'active']);
    deepEqual(published, [{ kind: 'user', id: user?.id, version: 1 }]);
    deepEqual(
      events.map(({ event, actor, subject }) => [event, actor, subject]),
      [['user.changed', 'root', 'user:root']],
    );
    ok((await signIn.verify({ username: 'root', password }, caller)).ok);
  });

  it('works once, whoever uses it at the same moment', async () => {
    const { first, setUp, users } = await open();
    const token = first.setupToken();
    const codes = await Promise.all(
      Array.from({ length: 100 }, (_, at) => setUp(token, { username: `u${at}` }, `10.0.0.${at}`)),
    );
    equal(codes.filter((code) => code === 'ok').length, 1);
    equal(codes.filter((code) => code === 'not_found').length, 99);
    equal((await users.list({ limit: 200 })).items.length, 1);
    equal(await setUp(token, { username: 'late' }), 'not_found');
  });

  it('works once, used 100 times at once from one address', async () => {
    const { first, setUp, users } = await open();
    const token = first.setupToken();
    const codes = await Promise.all(Array.from({ length: 100 }, (_, at) => setUp(token, { username: `u${at}` })));
    equal(codes.filter((code) => code === 'ok').length, 1);
    equal((await users.list({ limit: 200 })).items.length, 1);
  });

  const wrong: [title: string, token: unknown][] = [
    ['wrong', 'x'.repeat(43)],
    ['empty', ''],
    ['absent', undefined],
    ['an object', { length: 43 }],
  ];
  for (const [title, token] of wrong) {
    it(`opens nothing when it is ${title}, and is written down`, async () => {
      const { setUp, users, events } = await open();
      equal(await setUp(token), 'invalid_token');
      equal((await users.list()).items.length, 0);
      deepEqual(
        events.map(({ event, outcome }) => [event, outcome]),
        [['login.failed', 'invalid_token']],
      );
    });
  }

  it('is not guessed: wrong ones are limited by address, and nobody locks the owner out', async () => {
    const { first, setUp, events } = await open();
    for (let at = 0; at < 5; at++) equal(await setUp('wrong'), 'invalid_token');
    equal(await setUp('wrong'), 'rate_limited');
    deepEqual(
      events.slice(-2).map(({ event, outcome, detail }) => [event, outcome, detail]),
      [
        ['login.failed', 'invalid_token', { door: 'setup' }],
        ['login.failed', 'rate_limited', { door: 'setup' }],
      ],
    );
    for (let at = 0; at < 150; at++) await setUp('wrong', {}, `10.0.0.${at}`);
    equal(await setUp(first.setupToken()), 'ok');
  });

  it('wrong five times holds up no sign-in from there', async () => {
    const { setUp, signIn, users } = await open();
    await users.create({ username: 'bob', password }, command);
    for (let at = 0; at < 9; at++) await setUp('wrong');
    ok((await signIn.verify({ username: 'bob', password }, caller)).ok);
  });

  it('lets typing errors be mended', async () => {
    const { first, setUp } = await open();
    for (let at = 0; at < 8; at++) equal(await setUp(first.setupToken(), { password: 'short' }), 'validation_failed');
    equal(await setUp(first.setupToken(), { username: { $ne: 1 } }), 'validation_failed');
    equal(await setUp(first.setupToken()), 'ok');
  });
});

describe('the first admin by the command', () => {
  it('is made while there is none, and never a second time', async () => {
    const { first, users } = await open();
    ok((await first.create('admin', password, command)).ok);
    const again = await first.create('admin2', password, command);
    equal(again.ok ? 'ok' : again.refusal.code, 'conflict');
    equal((await users.list()).items.length, 1);
  });

  it('is refused with a name that is taken, and a password that will not do', async () => {
    const { first, users } = await open();
    await users.create({ username: 'ada' }, command);
    for (const [name, given, code] of [
      ['ADA', password, 'conflict'],
      ['boss', 'admin', 'validation_failed'],
    ] as const) {
      const made = await first.create(name, given, command);
      equal(made.ok ? 'ok' : made.refusal.code, code);
    }
    equal(await first.needed(), true);
  });
});

describe('the superuser of the settings', () => {
  const settings = { superuser: 'boss', superuserPassword: password };

  it('is made once and never overwritten', async () => {
    const { first, record } = await open();
    deepEqual(await ensureSuperuser(first, settings, roles), { ok: true, value: 'created' });
    const hash = (await record('boss'))?.passwordHash;
    const other = { superuser: 'boss', superuserPassword: 'other kettle 28 boats' };
    deepEqual(await ensureSuperuser(first, other, roles), { ok: true, value: 'kept' });
    equal((await record('boss'))?.passwordHash, hash);
  });

  it('is one, though instances start together', async () => {
    const { parts, users } = await open();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, async (_, at) => {
        const first = await firstAdmin({ ...parts, keyring: keyring([secret('a')]) });
        return ensureSuperuser(first, { ...settings, superuser: `boss${at}` }, roles);
      }),
    );
    const values = outcomes.map((one) => (one.ok ? one.value : one.refusal.code)).sort();
    deepEqual(values, ['created', ...Array(9).fill('kept')]);
    equal((await users.list()).items.length, 1);
  });

  it('is not made where the settings name none', async () => {
    const { first } = await open();
    const unset = { superuser: undefined, superuserPassword: undefined };
    deepEqual(await ensureSuperuser(first, unset, roles), { ok: true, value: 'unset' });
    equal(await first.needed(), true);
  });

  it('is refused with what is wrong with it', async () => {
    const { first } = await open();
    const made = await ensureSuperuser(first, { superuser: 'boss', superuserPassword: 'password' }, roles);
    ok(!made.ok);
    deepEqual(
      made.refusal.problems?.map((problem) => problem.field),
      ['password'],
    );
  });
});
