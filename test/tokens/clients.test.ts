import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sha256 } from '../../lib/crypto/digest.ts';
import { tokenIsWellFormed } from '../../lib/crypto/random.ts';
import { clientKind } from '../../lib/stores/records/kinds/client.ts';
import { by, codeOf, granted, hour, openTokens } from './open.ts';

const admin = by('admin');

/** An actor who is the client. */
const as = (clientId: string, role = 'admin', scopes: readonly string[] = ['gatewarden:admin']) =>
  by('admin', {
    kind: 'client',
    id: `client:${clientId}`,
    name: `client:${clientId}`,
    role,
    scopes,
    via: 'access-token',
  });

async function opened() {
  const all = await openTokens();
  const recordOf = (id: string) => all.records.get(clientKind, `client:${id}`);
  /** An actor with an API token of the admin. */
  async function withToken(name: string, more: Parameters<typeof all.tokens.create>[1] = { name }) {
    const { view } = granted(await all.tokens.create('admin', { ...more, name }, admin));
    const { id: tokenId, role = 'admin', scopes, expiresAt } = view;
    return by('admin', { via: 'api-token', tokenId, role, ...(scopes && { scopes }), expiresAt });
  }
  return { ...all, recordOf, withToken };
}

describe('a client', () => {
  it('is made with a secret that is shown once and kept as a digest', async () => {
    const { clients, recordOf, time } = await opened();
    const wanted = { clientId: 'ci', name: 'Builds', role: 'operator', scopes: ['deploy:write'] };
    const { secret, view } = granted(await clients.create(wanted, admin));
    ok(tokenIsWellFormed(secret, 'gws_'));
    deepEqual(view, {
      ...{ clientId: 'ci', name: 'Builds', role: 'operator', scopes: ['deploy:write'], active: true },
      ...{ secrets: [{ createdAt: time.now }], createdAt: time.now, updatedAt: time.now },
      ...{ lastUsedAt: undefined, expiresAt: undefined },
    });
    deepEqual((await recordOf('ci'))?.secrets, [{ hash: sha256(secret), createdAt: time.now }]);
    equal(JSON.stringify(await recordOf('ci')).includes(secret), false);
    deepEqual(await clients.get('ci'), view);
  });

  it('gets a random id, the role of a viewer and no scope when nothing is wished', async () => {
    const { clients } = await opened();
    const { view } = granted(await clients.create({ name: 'x' }, admin));
    match(view.clientId, /^[a-z0-9]{20}$/);
    deepEqual([view.role, view.scopes], ['viewer', []]);
  });

  const refusals: [title: string, wanted: object, fields: string[]][] = [
    ['an id of the wrong form', { clientId: 'A B', name: 'x' }, ['client_id']],
    ['the id of the built-in client', { clientId: 'gatewarden', name: 'x' }, ['client_id']],
    ['no name', {}, ['name']],
    ['a role that does not exist', { name: 'x', role: 'king' }, ['role']],
    ['a scope that is not declared', { name: 'x', scopes: ['what:ever'] }, ['scopes']],
    ['a scope called like a role', { name: 'x', scopes: ['admin'] }, ['scopes']],
    ['a scope beyond its role', { name: 'x', role: 'user', scopes: ['deploy:write'] }, ['scopes']],
    ['an end that is over', { name: 'x', expiresAt: 5 }, ['expires_at']],
    [
      'values of other types',
      { clientId: 1, name: {}, role: [], scopes: 'x', expiresAt: 'never' },
      ['client_id', 'name', 'role', 'scopes', 'expires_at'],
    ],
  ];
  for (const [title, wanted, fields] of refusals) {
    it(`is not made with ${title}`, async () => {
      const { clients } = await opened();
      const result = await clients.create(wanted as Parameters<typeof clients.create>[0], admin);
      ok(!result.ok);
      deepEqual(
        [result.refusal.code, result.refusal.problems?.map(({ field }) => field)],
        ['validation_failed', fields],
      );
    });
  }

  it('holds no role and no scope that its maker does not hold', async () => {
    const { clients } = await opened();
    const narrow = by('operator', { scopes: ['report:read'], via: 'api-token' });
    equal(codeOf(await clients.create({ name: 'x', role: 'admin' }, by('operator'))), 'validation_failed');
    equal(codeOf(await clients.create({ name: 'x', role: 'operator' }, by('operator'))), 'ok');
    const scoped = by('admin', { scopes: ['report:read'] });
    equal(
      codeOf(await clients.create({ name: 'x', role: 'admin', scopes: ['deploy:write'] }, scoped)),
      'validation_failed',
    );
    equal(codeOf(await clients.create({ name: 'x', scopes: ['report:read'] }, scoped)), 'ok');
    equal(codeOf(await clients.create({ name: 'x' }, narrow)), 'invalid_token');
  });

  it('keeps its id for ever: neither a second one nor one after its deletion gets it', async () => {
    const { clients, time } = await opened();
    granted(await clients.create({ clientId: 'ci', name: 'one' }));
    equal(codeOf(await clients.create({ clientId: 'ci', name: 'two' })), 'conflict');
    granted(await clients.remove('ci', admin));
    equal(await clients.get('ci'), undefined);
    deepEqual((await clients.list()).items, []);
    equal(codeOf(await clients.create({ clientId: 'ci', name: 'two' })), 'conflict');
    equal(codeOf(await clients.remove('ci', admin)), 'ok');
    equal(codeOf(await clients.edit('ci', { active: true }, admin)), 'not_found');
    equal(codeOf(await clients.addSecret('ci', {}, admin)), 'not_found');
    time.now += 24 * hour;
    equal(codeOf(await clients.remove('ci', admin)), 'not_found');
  });

  it('is listed by its id, page after page', async () => {
    const { clients } = await opened();
    for (const clientId of ['c', 'a', 'b']) granted(await clients.create({ clientId, name: clientId }));
    const first = await clients.list({ limit: 2 });
    const rest = await clients.list({ limit: 2, cursor: first.next });
    deepEqual(
      [first, rest].map(({ items }) => items.map(({ clientId }) => clientId)),
      [['a', 'b'], ['c']],
    );
    equal(rest.next, undefined);
  });

  it('cannot be named by anything but its id', async () => {
    const { clients } = await opened();
    granted(await clients.create({ clientId: 'ci', name: 'x' }));
    for (const id of ['CI', 'client:ci', 'ci ', '', '../ci', { $ne: '' }, undefined, 'x'.repeat(32_768)]) {
      equal(await clients.get(id as string), undefined);
      equal(codeOf(await clients.edit(id as string, { active: false })), 'not_found');
      equal(codeOf(await clients.remove(id as string)), 'not_found');
      equal(codeOf(await clients.addSecret(id as string)), 'not_found');
    }
  });
});

describe('an edit of a client', () => {
  it('cannot go beyond the actor, nor touch a client above them', async () => {
    const { clients } = await opened();
    granted(await clients.create({ clientId: 'ci', name: 'x', role: 'operator', scopes: ['deploy:write'] }));
    equal(codeOf(await clients.edit('ci', { name: 'y' }, by('user'))), 'insufficient_role');
    equal(codeOf(await clients.remove('ci', by('user'))), 'insufficient_role');
    equal(codeOf(await clients.addSecret('ci', {}, by('user'))), 'insufficient_role');
    equal(codeOf(await clients.edit('ci', { role: 'admin' }, by('operator'))), 'validation_failed');
    const scoped = by('admin', { scopes: ['gatewarden:admin'] });
    equal(codeOf(await clients.edit('ci', { scopes: ['deploy:write', 'report:read'] }, scoped)), 'validation_failed');
    equal(codeOf(await clients.edit('ci', { scopes: ['deploy:write', 'gatewarden:admin'] }, scoped)), 'ok');
    equal(codeOf(await clients.edit('ci', { scopes: [] }, scoped)), 'ok');
  });

  it('brings into effect no scope that the actor does not hold: by a higher role, or by activation', async () => {
    const { clients } = await opened();
    granted(await clients.create({ clientId: 'ci', name: 'x', role: 'operator', scopes: ['deploy:write'] }));
    const scoped = by('admin', { scopes: ['gatewarden:admin'] });
    granted(await clients.edit('ci', { role: 'viewer' }, scoped));
    equal(codeOf(await clients.edit('ci', { role: 'operator' }, scoped)), 'validation_failed');
    equal(codeOf(await clients.edit('ci', { role: 'user' }, scoped)), 'ok');
    equal(codeOf(await clients.edit('ci', { role: 'operator', scopes: [] }, scoped)), 'ok');
    granted(await clients.edit('ci', { scopes: ['deploy:write'] }, admin));
    granted(await clients.edit('ci', { active: false }, scoped));
    equal(codeOf(await clients.edit('ci', { role: 'viewer', active: true }, scoped)), 'ok');
    granted(await clients.edit('ci', { active: false }, scoped));
    granted(await clients.edit('ci', { role: 'operator' }, scoped));
    equal(codeOf(await clients.edit('ci', { active: true }, scoped)), 'validation_failed');
    equal(codeOf(await clients.edit('ci', { active: true }, admin)), 'ok');
  });

  it('cannot give a scope that the role of the client may not hold', async () => {
    const { clients } = await opened();
    granted(await clients.create({ clientId: 'ci', name: 'x' }));
    equal(codeOf(await clients.edit('ci', { scopes: ['deploy:write'] }, admin)), 'validation_failed');
    equal(codeOf(await clients.edit('ci', { role: 'operator', scopes: ['deploy:write'] }, admin)), 'ok');
  });

  it('is told to every instance and recorded, also when it is repeated', async () => {
    const { clients, published, events } = await opened();
    granted(await clients.create({ clientId: 'ci', name: 'x' }, admin));
    granted(await clients.edit('ci', { active: false }, admin));
    granted(await clients.edit('ci', { active: false }, admin));
    granted(await clients.remove('ci', admin));
    granted(await clients.remove('ci', admin));
    deepEqual(
      published.map(({ kind, id, version }) => [kind, id, version]),
      [2, 2, 3, 3].map((version) => ['token', 'client:ci', version]),
    );
    const changes = events.flatMap((one) => (one.event === 'client.changed' ? [[one.subject, one.detail]] : []));
    deepEqual(changes.slice(0, 2), [
      ['client:ci', { action: 'created', role: 'viewer' }],
      ['client:ci', { action: 'edited', active: false }],
    ]);
    equal(events.filter((one) => JSON.stringify(one).includes('gws_')).length, 0);
  });
});

describe('what an API token or a client makes', () => {
  it('comes from it, and from all that it comes from', async () => {
    const { clients, recordOf, withToken } = await opened();
    const by1 = await withToken('t1');
    granted(await clients.create({ clientId: 'one', name: 'x', role: 'admin', scopes: ['gatewarden:admin'] }, by1));
    granted(await clients.create({ clientId: 'two', name: 'x' }, as('one')));
    deepEqual((await recordOf('one'))?.makers, [by1.principal.tokenId]);
    deepEqual((await recordOf('two'))?.makers, [by1.principal.tokenId, 'client:one']);
    deepEqual([(await recordOf('one'))?.userId, (await recordOf('two'))?.userId], ['u_admin', 'u_admin']);
  });

  it('ends with it, also after the first of the line has ended', async () => {
    const { clients, tokens, withToken } = await opened();
    const by1 = await withToken('t1');
    granted(await clients.create({ clientId: 'one', name: 'x', role: 'admin', scopes: ['gatewarden:admin'] }, by1));
    granted(await clients.create({ clientId: 'two', name: 'x' }, as('one')));
    granted(await tokens.revoke('admin', 't1'));
    const active = async (id: string) => (await clients.get(id))?.active;
    deepEqual([await active('one'), await active('two')], [false, false]);
    equal(codeOf(await clients.create({ name: 'x' }, as('one'))), 'token_revoked');
    equal(codeOf(await clients.addSecret('one', {}, as('one'))), 'token_revoked');
  });

  it('expires with it', async () => {
    const { clients, time, withToken } = await opened();
    const end = time.now + hour;
    const short = await withToken('short', { name: 'short', expiresAt: end });
    const late = await clients.create({ name: 'x', expiresAt: end + 1 }, short);
    equal(codeOf(late), 'validation_failed');
    equal(granted(await clients.create({ name: 'x' }, short)).view.expiresAt, end);
  });

  it('is in lines of at most eight', async () => {
    const { clients } = await opened();
    const scopes = ['gatewarden:admin'];
    granted(await clients.create({ clientId: 'c0', name: 'x', role: 'admin', scopes }));
    for (let at = 1; at <= 8; at += 1) {
      granted(await clients.create({ clientId: `c${at}`, name: 'x', role: 'admin', scopes }, as(`c${at - 1}`)));
    }
    equal(codeOf(await clients.create({ name: 'x' }, as('c8'))), 'conflict');
  });

  it('is no secret of a client that lives on without it, or that holds more', async () => {
    const { clients, withToken } = await opened();
    const scopes = ['gatewarden:admin'];
    granted(await clients.create({ clientId: 'old', name: 'x', role: 'admin', scopes }, admin));
    const token = await withToken('t1');
    equal(codeOf(await clients.addSecret('old', {}, token)), 'insufficient_role');
    equal(codeOf(await clients.addSecret('old', {}, as('other'))), 'token_revoked');
    equal(codeOf(await clients.addSecret('old', {}, as('old'))), 'ok');
    equal(codeOf(await clients.addSecret('old', {}, as('old', 'admin', []))), 'insufficient_role');
    equal(codeOf(await clients.addSecret('old', {}, admin)), 'ok');
    granted(await clients.create({ clientId: 'own', name: 'x' }, token));
    equal(codeOf(await clients.addSecret('own', {}, token)), 'ok');
  });

  it('is no client for a client that was deactivated, deleted or has expired', async () => {
    const { clients, time } = await opened();
    const scopes = ['gatewarden:admin'];
    for (const clientId of ['off', 'gone'])
      granted(await clients.create({ clientId, name: 'x', role: 'admin', scopes }));
    granted(await clients.create({ clientId: 'late', name: 'x', role: 'admin', scopes, expiresAt: time.now + 1 }));
    time.now += 1;
    granted(await clients.edit('off', { active: false }));
    granted(await clients.remove('gone'));
    for (const id of ['off', 'gone', 'late', 'never'])
      equal(codeOf(await clients.create({ name: 'x' }, as(id))), 'token_revoked');
  });

  it('is no API token: a client has none, whatever it is called', async () => {
    const { clients, tokens } = await opened();
    granted(await clients.create({ clientId: 'admin', name: 'x', role: 'admin', scopes: ['gatewarden:admin'] }));
    equal(codeOf(await tokens.create('admin', { name: 'x' }, as('admin'))), 'insufficient_role');
    equal(codeOf(await tokens.create('client:admin', { name: 'x' }, as('admin'))), 'not_found');
  });
});

it('what a person makes with an old sign-in ends with the access token; with a fresh one it lives on', async () => {
  const { clients, access, user, time } = await openTokens();
  const pair = await access.signIn(await user('admin'), { address: '192.0.2.1' });
  const actor = by('admin', { via: 'access-token', sessionId: pair.sessionId, expiresAt: pair.expiresAt });
  granted(await clients.create({ clientId: 'fresh', name: 'x' }, actor));
  equal((await clients.get('fresh'))?.expiresAt, undefined);
  time.now += hour / 2;
  granted(await clients.create({ clientId: 'stale', name: 'x' }, actor));
  equal((await clients.get('stale'))?.expiresAt, pair.expiresAt);
  equal(codeOf(await clients.addSecret('fresh', {}, actor)), 'insufficient_role');
  equal(codeOf(await clients.addSecret('stale', {}, actor)), 'ok');
  equal(codeOf(await clients.addSecret('fresh', {}, { ...actor, confirmed: true })), 'ok');
});
