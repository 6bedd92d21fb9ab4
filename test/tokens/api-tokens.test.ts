import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sha256 } from '../../lib/crypto/digest.ts';
import { tokenIsWellFormed } from '../../lib/crypto/random.ts';
import { refused } from '../../lib/errors.ts';
import type { Principal } from '../../lib/types.ts';
import { by, day, hour, openTokens, scopes } from './open.ts';

type Wish = Parameters<Awaited<ReturnType<typeof openTokens>>['tokens']['create']>[1];

const operator = by('operator');

async function open() {
  const opened = await openTokens();
  const create = async (wish: object, maker = operator, owner = 'operator') => {
    const made = await opened.tokens.create(owner, { name: 'ci', ...wish } as Wish, maker);
    return made.ok ? made.value.view : made.refusal;
  };
  return { ...opened, create };
}

/** The maker as a token of the operator, which may carry less. */
const asToken = (more: Partial<Principal> = {}) => by('operator', { via: 'api-token', tokenId: 't_parent', ...more });

describe('an API token', () => {
  it('is shown once and kept as a hash', async () => {
    const { tokens, stores, time } = await openTokens();
    const made = await tokens.create('OPERATOR', { name: 'ci' }, operator);
    ok(made.ok);
    const { token, view } = made.value;
    ok(tokenIsWellFormed(token, 'gwt_'));
    const kept = await stores.tokens.byHash(sha256(token));
    equal(kept?.id, view.id);
    equal(JSON.stringify([kept, view, await tokens.list('operator')]).includes(token), false);
    deepEqual(view, {
      id: view.id,
      name: 'ci',
      role: undefined,
      scopes: undefined,
      createdAt: time.now,
      lastUsedAt: undefined,
      expiresAt: undefined,
    });
  });

  it('is told to the audit log when it is made and when it is revoked', async () => {
    const { tokens, create, events, published } = await open();
    await create({});
    const [view] = (await tokens.list('operator')).items;
    ok((await tokens.revoke('operator', 'ci', by('admin'))).ok);
    deepEqual(await tokens.revoke('operator', 'ci', by('admin')), refused('not_found'));
    deepEqual(await tokens.revoke('nobody', 'ci', by('admin')), refused('not_found'));
    deepEqual(
      events.map(({ event, actor, subject, detail }) => [event, actor, subject, detail]),
      [
        ['token.created', 'operator', 'token:ci', { user: 'operator' }],
        ['token.revoked', 'admin', 'token:ci', { user: 'operator' }],
      ],
    );
    deepEqual(published, [{ kind: 'token', id: view?.id }]);
  });

  const granted: [title: string, wish: object, expected: object][] = [
    ['a lower role', { role: 'viewer' }, { role: 'viewer' }],
    ['the own role', { role: 'operator' }, { role: 'operator' }],
    [
      'declared scopes',
      { scopes: ['deploy:write', 'gatewarden:read'] },
      { scopes: ['deploy:write', 'gatewarden:read'] },
    ],
    ['no scope at all', { scopes: [] }, { scopes: [] }],
    ['a name with spaces', { name: 'my laptop: häuschen' }, { name: 'my laptop: häuschen' }],
  ];
  for (const [title, wish, expected] of granted) {
    it(`may have ${title}`, async () => {
      const { create } = await open();
      const made = await create(wish);
      deepEqual({ ...made, ...expected }, made);
    });
  }

  const problems: [title: string, wish: object, fields: string[]][] = [
    ['no name', { name: undefined }, ['name']],
    ['an object for a name', { name: {} }, ['name']],
    ['a name with a slash', { name: 'a/b' }, ['name']],
    ['a name that is a path', { name: '..' }, ['name']],
    ['a name with control characters', { name: 'a\u001b[31m' }, ['name']],
    ['a name of 65 characters', { name: 'x'.repeat(65) }, ['name']],
    ['an unknown role', { role: 'king' }, ['role']],
    ['a role above the owner', { role: 'admin' }, ['role']],
    ['an undeclared scope', { scopes: ['deploy:read'] }, ['scopes']],
    ['a role for a scope', { scopes: ['admin'] }, ['scopes']],
    ['a scope above its role', { role: 'viewer', scopes: ['deploy:write'] }, ['scopes']],
    ['scopes that are no list', { scopes: 'deploy:write' }, ['scopes']],
    ['scopes that are no texts', { scopes: [{}] }, ['scopes']],
    ['an end that is over', { expiresAt: 1 }, ['expires_at']],
    ['an end that is no time', { expiresAt: Number.NaN }, ['expires_at']],
    ['an end that is a text', { expiresAt: '2030-01-01' }, ['expires_at']],
    [
      'everything wrong',
      { name: '', role: 'king', scopes: 7, expiresAt: -1 },
      ['name', 'role', 'scopes', 'expires_at'],
    ],
  ];
  for (const [title, wish, fields] of problems) {
    it(`may not have ${title}`, async () => {
      const { create, tokens } = await open();
      const refusal = await create(wish);
      equal('code' in refusal && refusal.code, 'validation_failed');
      deepEqual('problems' in refusal && refusal.problems?.map((problem) => problem.field), fields);
      deepEqual(await tokens.list('operator'), { items: [] });
    });
  }

  it('is made for nobody who is not there', async () => {
    const { create } = await open();
    const refusal = await create({}, operator, 'nobody');
    equal('code' in refusal && refusal.code, 'not_found');
  });

  it('has a name of its own among those of its user', async () => {
    const { create } = await open();
    await create({});
    const refusal = await create({});
    equal('code' in refusal && refusal.code, 'conflict');
    ok('id' in (await create({}, by('user'), 'user')));
  });

  it('of an older epoch is listed no more, and leaves its name', async () => {
    const { create, tokens, stores } = await open();
    await create({});
    await stores.users.update('u_operator', { endAll: true }, 1);
    deepEqual(await tokens.list('operator'), { items: [] });
    ok('id' in (await create({})));
    equal((await tokens.list('operator')).items.length, 1);
  });

  it('is one of at most 300 that a user makes in an hour, whatever became of the others', async () => {
    const { tokens, create } = await open();
    for (let at = 0; at < 300; at++) {
      await create({ name: 'again' });
      await tokens.revoke('operator', 'again', operator);
    }
    const refusal = await create({ name: 'again' });
    ok('code' in refusal && refusal.code === 'rate_limited' && (refusal.retryAfter ?? 0) > 3000);
    const other = await tokens.create('viewer', { name: 'mine' }, by('viewer'));
    equal(other.ok, true);
  });

  it('is one of at most 200', async () => {
    const { create } = await open();
    for (let at = 0; at < 200; at++) ok('id' in (await create({ name: `n${at}` })));
    const refusal = await create({ name: 'one more' });
    equal('code' in refusal && refusal.code, 'conflict');
  });
});

describe('a token that a token makes', () => {
  async function withParent(more: Partial<Principal> = {}) {
    const opened = await open();
    const parent = await opened.create({ name: 'parent' });
    const maker = asToken({ tokenId: 'id' in parent ? parent.id : '', ...more });
    return { ...opened, maker };
  }

  it('dies with it, and so does what it makes itself', async () => {
    const { create, tokens, maker, published } = await withParent();
    const child = await create({ name: 'child' }, maker);
    const grandchild = await create({ name: 'grandchild' }, asToken({ tokenId: 'id' in child ? child.id : '' }));
    ok((await tokens.revoke('operator', 'parent', operator)).ok);
    deepEqual(await tokens.list('operator'), { items: [] });
    const gone = published.map((message) => message.id);
    for (const one of [child, grandchild]) ok('id' in one && gone.includes(one.id));
    equal(published.length, 3);
  });

  it('is not made once that one is gone', async () => {
    const { create, tokens, maker } = await withParent();
    await tokens.revoke('operator', 'parent', operator);
    const refusal = await create({ name: 'child' }, maker);
    equal('code' in refusal && refusal.code, 'token_revoked');
  });

  it('holds at most its role, scopes and end, where nothing less is asked for', async () => {
    const { create, time, maker } = await withParent({ role: 'viewer', scopes: ['report:read', 'gatewarden:write'] });
    const expiresAt = time.now + hour;
    const narrow = { ...maker, principal: { ...maker.principal, expiresAt } };
    const child = await create({ name: 'child' }, narrow);
    deepEqual('id' in child && [child.role, child.scopes, child.expiresAt], [
      'viewer',
      ['gatewarden:write', 'report:read'],
      expiresAt,
    ]);
  });

  it('has its scopes written down, so that what is declared later is not among them', async () => {
    const { create, maker } = await withParent();
    const child = await create({ name: 'child' }, maker);
    deepEqual('id' in child && child.scopes, scopes.heldBy('operator'));
  });

  const above: [title: string, maker: Partial<Principal>, wish: object, field: string][] = [
    ['a higher role', { role: 'viewer' }, { role: 'user' }, 'role'],
    ['a scope that it does not hold', { scopes: ['report:read'] }, { scopes: ['deploy:write'] }, 'scopes'],
    ['a later end', { expiresAt: Date.now() + hour }, { expiresAt: Date.now() + day }, 'expires_at'],
  ];
  for (const [title, maker, wish, field] of above) {
    it(`may not have ${title}`, async () => {
      const opened = await withParent(maker);
      const refusal = await opened.create({ name: 'child', ...wish }, opened.maker);
      deepEqual('problems' in refusal && refusal.problems?.map((problem) => problem.field), [field]);
    });
  }

  it('by auto-login with a lower role holds that role at most', async () => {
    const { create } = await open();
    const child = await create({}, by('operator', { via: 'auto-login', role: 'user', scopes: scopes.heldBy('user') }));
    deepEqual('id' in child && [child.role, child.scopes], ['user', scopes.heldBy('user')]);
  });

  it('is not made with an access token that was minted, but with one from signing in', async () => {
    const { create, access, user } = await open();
    const minted = await access.mint(await user('operator'), { ttl: hour }, by('admin'));
    const refusal = await create({}, by('operator', { via: 'access-token', sessionId: minted.sessionId }));
    equal('code' in refusal && refusal.code, 'insufficient_role');
    match(('detail' in refusal && refusal.detail) || '', /minted/);
    const own = await access.signIn(await user('operator'), { address: '192.0.2.1' });
    const made = await create(
      {},
      by('operator', { via: 'access-token', sessionId: own.sessionId, expiresAt: own.expiresAt }),
    );
    equal('id' in made && made.expiresAt, undefined);
  });
});

describe('the program itself', () => {
  it('gives a token what its owner has, where nobody acts', async () => {
    const { tokens, events } = await openTokens();
    const made = await tokens.create('operator', { name: 'seed', scopes: ['deploy:write'] });
    deepEqual(made.ok && [made.value.view.role, made.value.view.scopes], [undefined, ['deploy:write']]);
    equal((await tokens.create('operator', { name: 'x', role: 'admin' })).ok, false);
    ok((await tokens.revoke('operator', 'seed')).ok);
    deepEqual(
      events.map(({ actor, via }) => [actor, via]),
      [
        ['', 'command'],
        ['', 'command'],
      ],
    );
  });
});

describe('the command on the store', () => {
  it('gives a token all that its owner may hold, and no more', async () => {
    const { create } = await open();
    const command = by('anony', { via: 'command', scopes: [] });
    ok('id' in (await create({ role: 'operator', scopes: ['deploy:write'] }, command)));
    const refusal = await create({ name: 'x', role: 'admin' }, command);
    equal('code' in refusal && refusal.code, 'validation_failed');
  });
});
