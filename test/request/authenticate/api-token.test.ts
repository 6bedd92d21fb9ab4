import { deepEqual, equal } from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { sha256 } from '../../../lib/crypto/digest.ts';
import { makeToken } from '../../../lib/crypto/random.ts';
import { StoreUnavailableError } from '../../../lib/errors.ts';
import { apiTokenAuthenticator } from '../../../lib/request/authenticate/api-token.ts';
import type { ApiTokenRecord } from '../../../lib/stores/records/kinds/api-token.ts';
import type { Principal } from '../../../lib/types.ts';
import { ada, installation, tokenOf } from './installation.ts';

describe('an API token', () => {
  const token = makeToken('gwt_');
  let at: Awaited<ReturnType<typeof installation>>;
  let judge: ReturnType<typeof apiTokenAuthenticator>;

  beforeEach(async () => {
    at = await installation();
    judge = apiTokenAuthenticator(at);
    await at.add(ada());
    at.calls.length = 0;
  });
  afterEach(() => at.close());

  const made = (more: Partial<ApiTokenRecord> = {}) => at.addToken(tokenOf(sha256(token), more));
  const codeOf = async (text: string) => {
    const verdict = await judge(text);
    return verdict.kind === 'bad' ? verdict.code : verdict.kind;
  };
  const principal = async (): Promise<Principal | undefined> => {
    const verdict = await judge(token);
    return verdict.kind === 'principal' ? verdict.principal : undefined;
  };

  it('names its owner, by the role and scopes of the owner', async () => {
    await made();
    const { name, role, scopes, via, tokenId } = (await principal()) ?? {};
    deepEqual([name, role, via, tokenId], ['Ada', 'operator', 'api-token', 't_1']);
    equal(scopes?.includes('deploy:write'), true);
  });

  const lower: [title: string, more: Partial<ApiTokenRecord>, role: string, scopes: string[]][] = [
    ['holds its own, lower role', { role: 'viewer', scopes: [] }, 'viewer', []],
    ["never holds more than its owner's role", { role: 'admin', scopes: [] }, 'operator', []],
    ['holds the scopes that it lists', { scopes: ['deploy:write'] }, 'operator', ['deploy:write']],
    ['loses a scope that its role may not hold', { role: 'viewer', scopes: ['deploy:write'] }, 'viewer', []],
    ['loses a scope that is no longer declared', { scopes: ['gone:read'] }, 'operator', []],
  ];
  for (const [title, more, role, scopes] of lower) {
    it(title, async () => {
      await made(more);
      const found = await principal();
      deepEqual([found?.role, found?.scopes], [role, scopes]);
    });
  }

  it('that was mistyped is refused without a look-up', async () => {
    const mistyped = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
    equal(await codeOf(mistyped), 'invalid_token');
    deepEqual(at.calls, []);
  });

  it('that nobody made is refused', async () => {
    equal(await codeOf(makeToken('gwt_')), 'invalid_token');
  });

  it('is refused once it has expired, also when it is cache', async () => {
    await made({ expiresAt: at.time.now + 10_000 });
    equal(await codeOf(token), 'principal');
    at.time.now += 10_000;
    equal(await codeOf(token), 'token_expired');
  });

  const ends: [title: string, end: () => Promise<void>][] = [
    ['it is revoked', () => at.changeToken({ endedAt: 1 })],
    ['its owner is no longer active', () => at.change({ state: 'disabled' })],
    ['its owner was deleted', () => at.change({ state: 'removed' })],
    ['the tokens of its owner were ended', () => at.change({ tokenEpoch: 2 })],
    ['the token that made it is revoked', () => at.changeToken({ endedAt: 1 }, 't_maker')],
  ];
  for (const [title, end] of ends) {
    it(`is refused from the moment that ${title}`, async () => {
      await at.addToken(tokenOf('other hash', { id: 't_maker', name: 'maker' }));
      await made({ makers: ['t_maker'] });
      equal(await codeOf(token), 'principal');
      await end();
      equal(await codeOf(token), 'token_revoked');
    });
  }

  it('stays valid when the password of its owner changes, and has the new role when that changes', async () => {
    await made();
    equal((await principal())?.role, 'operator');
    await at.change({ passwordHash: 'new', epoch: 2, role: 'viewer' });
    equal((await principal())?.role, 'viewer');
  });

  it('is looked up once for all who present it at the same time', async () => {
    await made();
    at.calls.length = 0;
    await Promise.all(Array.from({ length: 50 }, () => codeOf(token)));
    deepEqual(at.calls.filter((verb) => verb !== 'note').toSorted(), ['byKey', 'get']);
  });

  const silences: [title: string, touch: () => Promise<void>][] = [
    ['never says whether its last use was written', () => new Promise(() => undefined)],
    ['cannot write its last use', () => Promise.reject(new StoreUnavailableError('mongodb'))],
  ];
  for (const [title, touch] of silences) {
    it(`is good though its store ${title}`, async () => {
      await made();
      at.records.note = touch;
      for (const _minute of [1, 2, 3]) {
        equal(await codeOf(token), 'principal');
        at.time.now += 60_000;
      }
    });
  }

  it('has its last use written at most once a minute', async () => {
    await made();
    for (let second = 0; second < 180; second += 1) {
      await judge(token);
      at.time.now += 1000;
    }
    equal(at.calls.filter((verb) => verb === 'note').length, 3);
  });
});
