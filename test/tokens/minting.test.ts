import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import type { UserRecord } from '../../lib/stores/records/kinds/user.ts';
import { by, caller, codeOf, day, granted, hour, openTokens } from './open.ts';

type Opened = Awaited<ReturnType<typeof openTokens>>;

const admin = by('admin');

async function open() {
  const opened = await openTokens();
  const mint = async (options = {}, minter = admin, forRole = 'viewer') =>
    opened.access.mint(await opened.user(forRole), { ttl: hour, ...options }, minter);
  /** An API token of the admin, and the admin with it. */
  async function apiToken(wish = {}, maker = admin) {
    const { view } = granted(await opened.tokens.create('admin', { name: `t${Math.random()}`, ...wish }, maker));
    return by('admin', { via: 'api-token', tokenId: view.id, expiresAt: view.expiresAt });
  }
  return { ...opened, mint, apiToken };
}

describe('a minted token', () => {
  it('is for the other user, names who minted it, has no refresh token, and is told', async () => {
    const { mint, events, stores, time } = await open();
    const pair = granted(await mint());
    equal(pair.refreshToken, undefined);
    const { sub, act, exp, scope } = decodeJwt(pair.token);
    deepEqual([sub, act, exp], ['u_viewer', { sub: 'u_admin' }, Math.floor((time.now + hour) / 1000)]);
    equal(scope, undefined);
    equal((await stores.sessions.find(pair.sessionId, time.now))?.method, 'minted');
    deepEqual(
      events.map(({ event, actor, subject }) => [event, actor, subject]),
      [['token.created', 'admin', 'user:viewer']],
    );
  });

  const ceilings: [title: string, ceiling: string | undefined, minter: ReturnType<typeof by>, expected: string][] = [
    ['the role asked for', 'user', admin, 'user'],
    ['the user’s own role', undefined, admin, 'operator'],
    ['the minter’s role', 'operator', by('admin', { role: 'viewer', via: 'auto-login' }), 'viewer'],
    ['the role asked for, by the command', 'operator', by('anony', { via: 'command' }), 'operator'],
  ];
  for (const [title, roleCeiling, minter, expected] of ceilings) {
    it(`holds at most ${title}`, async () => {
      const { mint, stores, time } = await open();
      const { sessionId } = granted(await mint({ roleCeiling }, minter, 'operator'));
      equal((await stores.sessions.find(sessionId, time.now))?.roleCeiling, expected);
    });
  }

  it('lives at most 30 days', async () => {
    const { mint, time } = await open();
    ok(granted(await mint({ ttl: 400 * day })).expiresAt <= time.now + 30 * day);
  });

  it('of an access token lives as long as it likes after a fresh sign-in or a typed password, else as long as that', async () => {
    const { mint, access, user, time } = await open();
    const { sessionId, expiresAt } = await access.signIn(await user('admin'), caller);
    const minter = by('admin', { via: 'access-token', sessionId, expiresAt });
    ok(granted(await mint({ ttl: day }, minter)).expiresAt > expiresAt);
    time.now += hour / 2;
    ok(granted(await mint({ ttl: day }, { ...minter, confirmed: true })).expiresAt > expiresAt);
    ok(granted(await mint({ ttl: day }, minter)).expiresAt <= expiresAt);
  });

  for (const ttl of [0, -1, Number.NaN]) {
    it(`is not made for ${ttl} ms`, async () => {
      const { mint } = await open();
      await rejects(mint({ ttl }), TypeError);
    });
  }

  it('mints nothing itself, with the password either', async () => {
    const { mint } = await open();
    const { sessionId } = granted(await mint({}, admin, 'admin'));
    const minter = { ...by('admin', { via: 'access-token', sessionId }), confirmed: true };
    equal(codeOf(await mint({}, minter)), 'insufficient_role');
  });
});

describe('a minted token ends with its minter’s right', () => {
  const losses: [title: string, change: (user: UserRecord) => Partial<UserRecord>, valid: boolean][] = [
    ['is given a lower role', ({ rights }) => ({ role: 'operator', rights: rights + 1 }), false],
    ['is deactivated', ({ rights }) => ({ state: 'disabled', rights: rights + 1 }), false],
    ['is deleted', ({ rights }) => ({ state: 'removed', rights: rights + 1 }), false],
    ['is not active, whatever the counter says', () => ({ state: 'disabled' }), false],
    ['changes the password', ({ epoch }) => ({ epoch: epoch + 1 }), true],
  ];
  for (const [title, change, valid] of losses) {
    it(`${valid ? 'and not' : ''} when the minter ${title}`, async () => {
      const { mint, edit, isValid } = await open();
      const { sessionId } = granted(await mint());
      equal(await isValid(sessionId), true);
      await edit('admin', change);
      equal(await isValid(sessionId), valid);
    });
  }

  it('for good: a role that is given back revives nothing', async () => {
    const { mint, edit, isValid } = await open();
    const { sessionId } = granted(await mint());
    await edit('admin', ({ rights }) => ({ state: 'disabled', rights: rights + 1 }));
    await edit('admin', () => ({ state: 'active' }));
    equal(await isValid(sessionId), false);
    equal(await isValid(granted(await mint()).sessionId), true);
  });

  it('which is read when it is minted: a principal of a moment ago does not count', async () => {
    const { mint, edit } = await open();
    await edit('admin', ({ rights }) => ({ role: 'operator', rights: rights + 1 }));
    equal(codeOf(await mint()), 'insufficient_role');
    await edit('admin', () => ({ role: 'admin', state: 'disabled' }));
    equal(codeOf(await mint()), 'token_revoked');
  });

  it('but one that the command minted has no minter', async () => {
    const { mint, isValid } = await open();
    equal(await isValid(granted(await mint({}, by('anony', { via: 'command' }))).sessionId), true);
  });
});

describe('a token minted with an API token', () => {
  const endings: [title: string, end: (opened: Opened, tokenId: string, name: string) => Promise<unknown>][] = [
    ['is revoked', ({ tokens }, _, name) => tokens.revoke('admin', name, admin)],
    [
      'is one of those that its owner ended',
      ({ edit }) => edit('admin', (user) => ({ tokenEpoch: user.tokenEpoch + 1 })),
    ],
    [
      'was deleted',
      ({ records }, id) => records.change(apiTokenKind, id, () => ({ kind: 'remove', answer: undefined })),
    ],
  ];
  for (const [title, end] of endings) {
    it(`ends when that ${title}`, async () => {
      const opened = await open();
      const minter = await opened.apiToken({ name: 'minter' });
      const { sessionId } = granted(await opened.mint({}, minter));
      equal(await opened.isValid(sessionId), true);
      await end(opened, minter.principal.tokenId ?? '', 'minter');
      equal(await opened.isValid(sessionId), false);
    });
  }

  it('ends with each token that this one comes from, and not with another', async () => {
    const { apiToken, mint, tokens, isValid } = await open();
    const root = await apiToken({ name: 'root' });
    await apiToken({ name: 'other' }, root);
    const { sessionId } = granted(await mint({}, await apiToken({}, await apiToken({}, root))));
    await tokens.revoke('admin', 'other', admin);
    equal(await isValid(sessionId), true);
    await tokens.revoke('admin', 'root', admin);
    equal(await isValid(sessionId), false);
  });

  it('comes from at most 8 of them', async () => {
    const { apiToken, mint, stores, time } = await open();
    let minter = await apiToken();
    for (let made = 1; made < 8; made += 1) minter = await apiToken({}, minter);
    const { sessionId } = granted(await mint({}, minter));
    equal((await stores.sessions.find(sessionId, time.now))?.makers?.length, 8);
    equal(codeOf(await mint({}, await apiToken({}, minter))), 'conflict');
  });

  it('has no more than its scopes, and ends no later', async () => {
    const { apiToken, mint, access, time } = await open();
    const { principal } = await apiToken({ expiresAt: time.now + 60_000 });
    const { token, expiresAt } = granted(await mint({}, by('admin', { ...principal, scopes: ['gatewarden:admin'] })));
    const verified = granted(await access.verify(token));
    deepEqual([verified.scopes, expiresAt <= time.now + 60_000], [['gatewarden:admin'], true]);
  });

  it('is not made with one that has ended', async () => {
    const { apiToken, mint, tokens } = await open();
    const minter = await apiToken({ name: 'minter' });
    await tokens.revoke('admin', 'minter', admin);
    equal(codeOf(await mint({}, minter)), 'token_revoked');
  });
});
