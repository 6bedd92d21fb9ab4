import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sha256 } from '../../lib/crypto/digest.ts';
import { tokenIsWellFormed } from '../../lib/crypto/random.ts';
import { refused } from '../../lib/errors.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { by, openTokens } from './open.ts';

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

describe('an API token', () => {
  it('is shown once and kept as a hash', async () => {
    const { tokens, records, time } = await openTokens();
    const made = await tokens.create('OPERATOR', { name: 'ci' }, operator);
    ok(made.ok);
    const { token, view } = made.value;
    ok(tokenIsWellFormed(token, 'gwt_'));
    const kept = await records.byKey(apiTokenKind, 'hash', sha256(token));
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
    deepEqual(await tokens.revoke('operator', 'other', by('admin')), refused('not_found'));
    deepEqual(await tokens.revoke('nobody', 'ci', by('admin')), refused('not_found'));
    deepEqual(
      events.map(({ event, actor, subject, detail }) => [event, actor, subject, detail]),
      [
        ['token.created', 'operator', 'token:ci', { user: 'operator' }],
        ['token.revoked', 'admin', 'token:ci', { user: 'operator' }],
      ],
    );
    deepEqual(published, [{ kind: 'token', id: view?.id, version: 2 }]);
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
    const { create, tokens, edit } = await open();
    await create({});
    await edit('operator', ({ tokenEpoch }) => ({ tokenEpoch: tokenEpoch + 1 }));
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
