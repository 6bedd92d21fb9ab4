import { deepEqual, equal, rejects } from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ok, StoreUnavailableError } from '../../../lib/errors.ts';
import { accessTokenAuthenticator } from '../../../lib/request/authenticate/access-token.ts';
import { grantsOf } from '../../../lib/request/authenticate/principal.ts';
import { type ClientRecord, clientKind } from '../../../lib/stores/records/kinds/client.ts';
import { revokedTokenKind } from '../../../lib/stores/records/kinds/revoked-token.ts';
import { ada, installation, sessionOf, tokenOf } from './installation.ts';

const hour = 3_600_000;

const clientOf = (id: string, more: Partial<ClientRecord> = {}): ClientRecord => ({
  ...{ id: `client:${id}`, name: id, role: 'operator', scopes: ['deploy:write'], state: 'active', secrets: [] },
  ...{ epoch: 1, rights: 1, createdAt: 0, updatedAt: 0 },
  ...more,
});

describe('an access token of a client', () => {
  let at: Awaited<ReturnType<typeof installation>>;
  let judge: ReturnType<typeof accessTokenAuthenticator>;

  beforeEach(async () => {
    at = await installation();
    const exp = (at.time.now + hour) / 1000;
    // The client and the jti that a token names are what it is: "ci j1".
    const verify = async (token: string) => {
      const [clientId = '', jti = ''] = token.split(' ');
      const scopes = ['deploy:write', 'gatewarden:read'];
      return ok({ kind: 'client' as const, sub: `client:${clientId}`, clientId, jti, exp, iat: 0, epoch: 1, scopes });
    };
    judge = accessTokenAuthenticator({ ...at, verify });
    await at.add(ada({ role: 'admin' }));
    await at.addToken(tokenOf('hash', { id: 't_maker' }));
    await at.records.add(clientKind, clientOf('ci'));
    await at.records.add(clientKind, clientOf('root', { makers: ['t_maker'], userId: 'u_ada', role: 'admin' }));
    await at.records.add(
      clientKind,
      clientOf('leaf', { makers: ['t_maker', 'client:root'], userId: 'u_ada', expiresAt: at.time.now + hour / 2 }),
    );
  });
  afterEach(() => at.close());

  const verdictOf = async (token: string) => {
    const verdict = await judge(token);
    return verdict.kind === 'bad' ? verdict.code : verdict.kind;
  };
  async function principalOf(token: string) {
    const verdict = await judge(token);
    if (verdict.kind !== 'principal') throw new Error(`refused: ${JSON.stringify(verdict)}`);
    return verdict.principal;
  }
  async function change(clientId: string, more: Partial<ClientRecord>) {
    const id = `client:${clientId}`;
    const done = await at.records.change(clientKind, id, (client) =>
      client === undefined
        ? { kind: 'keep', answer: undefined }
        : { kind: 'put', record: { ...client, ...more }, answer: undefined },
    );
    if (done.kind === 'done') await at.bus.publish({ kind: 'token', id, version: done.record?.version ?? 0 });
  }
  async function revoke(jti: string) {
    await at.records.add(revokedTokenKind, { id: jti, until: at.time.now + hour });
    await at.bus.publish({ kind: 'session', id: jti, version: 1 });
  }

  it('names its client, with what both the token and the client hold', async () => {
    deepEqual(await principalOf('ci j1'), {
      ...{ kind: 'client', id: 'client:ci', name: 'client:ci', role: 'operator', scopes: ['deploy:write'] },
      ...{ via: 'access-token', expiresAt: at.time.now + hour },
    });
  });

  it('is known by its claims to whoever revokes it', async () => {
    deepEqual(
      grantsOf(await principalOf('ci j1')).map(({ jti }) => jti),
      ['j1'],
    );
    const both = at.principals.lowerOf(await principalOf('ci j1'), await principalOf('ci j2'));
    deepEqual(
      grantsOf(both).map(({ jti }) => jti),
      ['j1', 'j2'],
    );
  });

  it('ends with its client and with what that comes from', async () => {
    equal((await principalOf('leaf j1')).expiresAt, at.time.now + hour / 2);
    at.time.now += hour / 2;
    equal(await verdictOf('leaf j1'), 'token_revoked');
  });

  it('costs no store call once it is cached', async () => {
    for (const token of ['ci j1', 'leaf j1']) await verdictOf(token);
    at.calls.length = 0;
    for (let times = 0; times < 100; times += 1) {
      for (const token of ['ci j1', 'leaf j1']) equal(await verdictOf(token), 'principal');
    }
    deepEqual(at.calls, []);
  });

  it('is looked up once for all who present it at the same time', async () => {
    at.calls.length = 0;
    await Promise.all(Array.from({ length: 50 }, () => verdictOf('ci j1')));
    deepEqual(at.calls, ['get', 'get']);
  });

  const ends: [title: string, token: string, end: () => Promise<unknown>][] = [
    ['it was revoked', 'ci j1', () => revoke('j1')],
    ['its client was deactivated', 'ci j1', () => change('ci', { state: 'disabled' })],
    ['its client was deleted', 'ci j1', () => change('ci', { state: 'removed' })],
    ['its client’s tokens were ended', 'ci j1', () => change('ci', { epoch: 2 })],
    ['the client that made its client was deactivated', 'leaf j1', () => change('root', { state: 'disabled' })],
    ['the token that its client comes from was revoked', 'leaf j1', () => at.changeToken({ endedAt: 1 }, 't_maker')],
    ['the owner of that token was deactivated', 'leaf j1', () => at.change({ state: 'disabled' })],
    ['the owner of that token ended all', 'leaf j1', () => at.change({ tokenEpoch: 2 })],
  ];
  for (const [title, token, end] of ends) {
    it(`is refused from the moment that ${title}`, async () => {
      equal(await verdictOf(token), 'principal');
      await end();
      equal(await verdictOf(token), 'token_revoked');
    });
  }

  it('is refused alone: another one of the client is accepted', async () => {
    deepEqual([await verdictOf('ci j1'), await verdictOf('ci j2')], ['principal', 'principal']);
    await revoke('j1');
    deepEqual([await verdictOf('ci j1'), await verdictOf('ci j2')], ['token_revoked', 'principal']);
  });

  it('has the lower role and fewer scopes from the moment that its client, its maker or their owner has', async () => {
    equal((await principalOf('leaf j1')).role, 'operator');
    await change('root', { role: 'user' });
    deepEqual([(await principalOf('leaf j1')).role, (await principalOf('leaf j1')).scopes], ['user', []]);
    await change('root', { role: 'admin' });
    await at.change({ role: 'viewer' });
    equal((await principalOf('leaf j1')).role, 'viewer');
    await change('ci', { role: 'king' });
    deepEqual([(await principalOf('ci j1')).role, (await principalOf('ci j1')).scopes], ['anony', []]);
  });

  it('never has a scope that it was not granted, though its client has it now', async () => {
    await change('ci', { role: 'admin', scopes: ['deploy:write', 'gatewarden:read', 'gatewarden:admin'] });
    deepEqual((await principalOf('ci j1')).scopes, ['gatewarden:read', 'deploy:write']);
  });

  it('is not accepted by a note that was read before it was told: a stale store is an outage', async () => {
    const { get } = at.records;
    await revoke('j1');
    at.records.get = async (kind, id) => (kind.name === 'revoked-token' ? undefined : get(kind, id));
    judge = accessTokenAuthenticator({
      ...at,
      verify: async () =>
        ok({
          ...({ kind: 'client', sub: 'client:ci', clientId: 'ci', jti: 'j1', iat: 0, epoch: 1, scopes: [] } as const),
          exp: (at.time.now + hour) / 1000,
        }),
    });
    await rejects(async () => judge('ci j1'), StoreUnavailableError);
  });

  it('of a client that there is not is refused', async () => {
    equal(await verdictOf('nobody j1'), 'token_revoked');
  });

  describe('that was minted by it for a user', () => {
    beforeEach(async () => {
      const minted = { kind: 'api', minter: { id: 'client:root', rights: 2 }, makers: ['t_maker'] } as const;
      await at.sessions.create(sessionOf('s1', at.time.now, minted));
      const exp = (at.time.now + hour) / 1000;
      const claims = { kind: 'user', sub: 'u_ada', clientId: 'gatewarden', sid: 's1', jti: 'j', exp, iat: 0 } as const;
      judge = accessTokenAuthenticator({ ...at, verify: async () => ok(claims) });
    });

    it('names the user', async () => {
      equal((await principalOf('minted')).id, 'u_ada');
    });

    const losses: [title: string, lose: () => Promise<unknown>][] = [
      ['the client was deactivated', () => change('root', { state: 'disabled' })],
      ['the client has lost a right', () => change('root', { rights: 2 })],
      ['the client has expired', () => change('root', { expiresAt: 1 })],
      ['the owner of the token that the client comes from has lost a right', () => at.change({ rights: 2 })],
      ['the token that the client comes from was revoked', () => at.changeToken({ endedAt: 1 }, 't_maker')],
    ];
    for (const [title, lose] of losses) {
      it(`is refused from the moment that ${title}`, async () => {
        equal(await verdictOf('minted'), 'principal');
        await lose();
        equal(await verdictOf('minted'), 'token_revoked');
      });
    }
  });
});
