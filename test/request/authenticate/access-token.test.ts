import { equal } from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ok } from '../../../lib/errors.ts';
import { accessTokenAuthenticator } from '../../../lib/request/authenticate/access-token.ts';
import { ada, installation, sessionOf } from './installation.ts';

const hour = 3_600_000;

describe('an access token whose claims are good', () => {
  let at: Awaited<ReturnType<typeof installation>>;
  let judge: ReturnType<typeof accessTokenAuthenticator>;

  beforeEach(async () => {
    at = await installation();
    const exp = (at.time.now + hour) / 1000;
    // The session that a token names is what follows "for ".
    const verify = async (token: string) => ok({ sub: 'u_ada', sid: token.replace('for ', ''), jti: 'j', exp });
    const { sessions, users } = at.stores;
    judge = accessTokenAuthenticator({ ...at, verify, sessions, users });
    await users.insert(ada());
    await sessions.create(sessionOf('s1', at.time.now, { kind: 'api' }));
    await sessions.create(sessionOf('s2', at.time.now, { kind: 'api' }));
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
    await at.stores.sessions.end('s1');
    equal(await verdictOf('for s1'), 'token_revoked');
  });

  it('is refused once its user’s record says that its session was ended, though its store has it still', async () => {
    await at.stores.users.noteEnded('u_ada', [{ id: 's1', until: at.time.now + hour }], at.time.now);
    equal(await verdictOf('for s1'), 'token_revoked');
    equal(await verdictOf('for s2'), 'principal');
  });
});
