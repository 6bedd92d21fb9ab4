import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultOfToken, standingOfToken } from '../../lib/services/standing.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import type { Actor, Principal } from '../../lib/types.ts';
import { by, caller, codeOf, day, granted, hour, openTokens, scopes } from './open.ts';

const operator = by('operator');

async function open() {
  const opened = await openTokens();
  const { tokens, records, time } = opened;
  const create = (wish: object, maker: Actor = operator, owner = 'operator') =>
    tokens.create(owner, { name: `t${Math.random()}`, ...wish }, maker);
  /** A new token, and its owner with it. `more`: what the principal has besides. */
  async function make(wish: object, maker: Actor = operator, more: Partial<Principal> = {}) {
    const { view } = granted(await create(wish, maker));
    const { id: tokenId, expiresAt } = view;
    return { ...view, actor: by('operator', { via: 'api-token', tokenId, expiresAt, ...more }) };
  }
  async function faultOf(id: string) {
    const token = await records.get(apiTokenKind, id);
    return faultOfToken(token, token && (await standingOfToken(records, token)), time.now);
  }
  return { ...opened, create, make, faultOf };
}

describe('a token that an API token makes', () => {
  it('ends with it, and so does what it makes itself: told, ended, listed no more', async () => {
    const { make, tokens, published, records, faultOf } = await open();
    const parent = await make({ name: 'parent' });
    const child = await make({}, parent.actor);
    const grandchild = await make({}, child.actor);
    const bystander = await make({ name: 'bystander' });
    granted(await tokens.revoke('operator', 'parent', operator));
    deepEqual(
      (await tokens.list('operator')).items.map(({ id }) => id),
      [bystander.id],
    );
    const family = [parent, child, grandchild].map(({ id }) => id).sort();
    deepEqual(
      published.map(({ id }) => id),
      [parent.id],
    );
    for (const id of family) {
      ok((await records.get(apiTokenKind, id))?.endedAt);
      equal(await faultOf(id), 'token_revoked');
    }
    equal(await faultOf(bystander.id), undefined);
  });

  it('is refused as soon as that has ended, before its own record is, and leaves its name', async () => {
    const { make, tokens, records, time, faultOf } = await open();
    const parent = await make({});
    const child = await make({ name: 'child' }, parent.actor);
    await records.change(apiTokenKind, parent.id, (token) =>
      token ? { kind: 'put', record: { ...token, endedAt: time.now }, answer: 0 } : { kind: 'keep', answer: 0 },
    );
    equal(await faultOf(child.id), 'token_revoked');
    deepEqual(await tokens.list('operator'), { items: [] });
    const again = await make({ name: 'child' });
    equal(await faultOf(again.id), undefined);
  });

  it('is not made once that one has ended', async () => {
    const { create, make, tokens } = await open();
    const parent = await make({ name: 'parent' });
    await tokens.revoke('operator', 'parent', operator);
    equal(codeOf(await create({}, parent.actor)), 'token_revoked');
  });

  it('is one of at most 9 in a line: each has at most 8 makers', async () => {
    const { create, make, records } = await open();
    let last = await make({});
    for (let makers = 1; makers <= 8; makers += 1) {
      last = await make({}, last.actor);
      equal((await records.get(apiTokenKind, last.id))?.makers?.length, makers);
    }
    equal(codeOf(await create({}, last.actor)), 'conflict');
  });

  it('is for its own user only', async () => {
    const { create, make } = await open();
    const parent = await make({});
    equal(codeOf(await create({}, parent.actor, 'user')), 'insufficient_role');
  });

  it('holds at most its role, scopes and end, where nothing less is asked for', async () => {
    const { make, time } = await open();
    const expiresAt = time.now + hour;
    const limits = { role: 'viewer', scopes: ['report:read', 'gatewarden:write'] };
    const child = await make({}, (await make({ expiresAt }, operator, limits)).actor);
    deepEqual([child.role, child.scopes, child.expiresAt], ['viewer', ['gatewarden:write', 'report:read'], expiresAt]);
  });

  it('has its scopes written down, so that what is declared later is not among them', async () => {
    const { make } = await open();
    deepEqual((await make({}, (await make({})).actor)).scopes, scopes.heldBy('operator'));
  });

  const above: [title: string, maker: Partial<Principal>, wish: object, field: string][] = [
    ['a higher role', { role: 'viewer' }, { role: 'user' }, 'role'],
    ['a scope that it does not hold', { scopes: ['report:read'] }, { scopes: ['deploy:write'] }, 'scopes'],
    ['a later end', {}, { expiresAt: Date.now() + 2 * day }, 'expires_at'],
  ];
  for (const [title, more, wish, field] of above) {
    it(`may not have ${title}`, async () => {
      const { create, make, time } = await open();
      const refused = await create(wish, (await make({ expiresAt: time.now + day }, operator, more)).actor);
      deepEqual(!refused.ok && refused.refusal.problems?.map((problem) => problem.field), [field]);
    });
  }
});

describe('a token that auto-login makes', () => {
  it('with a lower role holds that role at most', async () => {
    const { make } = await open();
    const child = await make({}, by('operator', { via: 'auto-login', role: 'user', scopes: scopes.heldBy('user') }));
    deepEqual([child.role, child.scopes], ['user', scopes.heldBy('user')]);
  });
});

describe('a token that an access token makes', () => {
  async function signedIn() {
    const opened = await open();
    const { sessionId, expiresAt } = await opened.access.signIn(await opened.user('operator'), caller);
    return { ...opened, expiresAt, maker: by('operator', { via: 'access-token', sessionId, expiresAt }) };
  }

  it('has a life of its own after a fresh sign-in, and after a typed password', async () => {
    const { make, maker, time } = await signedIn();
    equal((await make({}, maker)).expiresAt, undefined);
    time.now += hour / 2;
    equal((await make({}, { ...maker, confirmed: true })).expiresAt, undefined);
  });

  it('otherwise never outlives it', async () => {
    const { make, create, maker, expiresAt, time } = await signedIn();
    time.now += hour / 2;
    equal((await make({}, maker)).expiresAt, expiresAt);
    const refused = await create({ expiresAt: expiresAt + 1 }, maker);
    deepEqual(!refused.ok && refused.refusal.problems?.map((problem) => problem.field), ['expires_at']);
  });

  it('that was minted is not made, with the password either', async () => {
    const { create, access, user } = await open();
    const { sessionId } = granted(await access.mint(await user('operator'), { ttl: hour }, by('admin')));
    const maker = { ...by('operator', { via: 'access-token', sessionId }), confirmed: true };
    equal(codeOf(await create({}, maker)), 'insufficient_role');
  });

  it('that has ended is not made', async () => {
    const { create, maker, stores } = await signedIn();
    await stores.sessions.end(maker.principal.sessionId ?? '');
    equal(codeOf(await create({}, maker)), 'token_revoked');
  });
});
