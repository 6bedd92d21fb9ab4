import { deepEqual, equal } from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ok, refused } from '../../../lib/errors.ts';
import { accessTokenAuthenticator } from '../../../lib/request/authenticate/access-token.ts';
import { ada, installation, sessionOf, tokenOf } from './installation.ts';

const hour = 3_600_000;

describe('an access token whose claims are good', () => {
  let at: Awaited<ReturnType<typeof installation>>;
  let judge: ReturnType<typeof accessTokenAuthenticator>;

  beforeEach(async () => {
    at = await installation();
    const exp = (at.time.now + hour) / 1000;
    // The session that a token names is what follows "for ".
    const verify = async (token: string) =>
      ok({
        ...({ kind: 'user', sub: 'u_ada', clientId: 'gatewarden', jti: 'j', exp, iat: 0 } as const),
        sid: token.replace('for ', ''),
      });
    judge = accessTokenAuthenticator({ ...at, verify });
    await at.add(ada());
    await at.add(ada({ id: 'u_adm', username: 'adm', nameKey: 'adm', role: 'admin' }));
    await at.addToken(tokenOf('hash', { id: 't_maker', userId: 'u_adm', name: 'maker' }));
    await at.sessions.create(sessionOf('s1', at.time.now, { kind: 'api' }));
    await at.sessions.create(sessionOf('s2', at.time.now, { kind: 'api' }));
    const minted = sessionOf('minted', at.time.now, {
      kind: 'api',
      minter: { id: 'u_adm', rights: 1 },
      makers: ['t_maker'],
    });
    const { find } = at.sessions;
    at.sessions.find = async (id, now) => (await find(id, now)) ?? (id === 'minted' ? minted : undefined);
  });
  afterEach(() => at.close());

  const verdictOf = async (token: string) => {
    const verdict = await judge(token);
    return verdict.kind === 'bad' ? verdict.code : verdict.kind;
  };

  it('names its user', async () => {
    equal(await verdictOf('for s1'), 'principal');
  });

  it('is refused once its session is gone', async () => {
    await at.sessions.end('s1');
    equal(await verdictOf('for s1'), 'token_revoked');
  });

  it('is refused once its session is noted as ended, though the session store still has it', async () => {
    equal(await verdictOf('for s1'), 'principal');
    await at.noteEnded('s1');
    equal(await verdictOf('for s1'), 'token_revoked');
    equal(await verdictOf('for s2'), 'principal');
  });

  it('costs no store call once it is cached', async () => {
    await verdictOf('for minted');
    at.calls.length = 0;
    for (let times = 0; times < 100; times += 1) equal(await verdictOf('for minted'), 'principal');
    equal(at.calls.length, 0);
  });

  it('is looked up once for all who present it at the same time', async () => {
    at.calls.length = 0;
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => verdictOf('for minted')));
    equal(new Set(verdicts).size, 1);
    deepEqual(at.calls.toSorted(), ['find', 'get', 'get', 'get', 'getMany']);
  });

  const ends: [title: string, end: () => Promise<void>][] = [
    ['its minter lost the right to mint', () => at.change({ rights: 2 }, 'u_adm')],
    ['its minter is no longer active', () => at.change({ state: 'disabled' }, 'u_adm')],
    ['the token that it was minted with was revoked', () => at.changeToken({ endedAt: 1 }, 't_maker')],
    ['its user is no longer active', () => at.change({ state: 'disabled' })],
    ['the epoch of its user was raised', () => at.change({ epoch: 2 })],
  ];
  for (const [title, end] of ends) {
    it(`is refused from the moment that ${title}`, async () => {
      equal(await verdictOf('for minted'), 'principal');
      await end();
      equal(await verdictOf('for minted'), 'token_revoked');
    });
  }

  it('whose signature is not valid is refused without a look-up of its session', async () => {
    judge = accessTokenAuthenticator({ ...at, verify: async () => refused('invalid_token') });
    at.calls.length = 0;
    equal(await verdictOf('for s1'), 'invalid_token');
    equal(at.calls.length, 0);
  });
});
