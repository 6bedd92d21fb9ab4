import { deepEqual, equal } from 'node:assert/strict';
import test, { describe, it } from 'node:test';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { type ClientRecord, clientKind } from '../../lib/stores/records/kinds/client.ts';
import { revokedTokenKind } from '../../lib/stores/records/kinds/revoked-token.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { someToken, someUser } from '../../lib/stores/suites/record-samples.ts';
import { bringIn, emptyStores, fileOf, linesFor, linesIn, put } from './moving.ts';

const someClient = (clientId: string, more: Partial<ClientRecord> = {}): ClientRecord => ({
  ...{ id: `client:${clientId}`, name: clientId, role: 'operator', scopes: ['deploy:write'], state: 'active' },
  ...{ secrets: [{ hash: `hash of ${clientId}`, createdAt: 1_000 }], epoch: 3, rights: 5 },
  ...{ createdAt: 1_000, updatedAt: 1_000 },
  ...more,
});
const gone = (clientId: string) =>
  someClient(clientId, { state: 'removed', name: '', scopes: [], secrets: [], epoch: 4, rights: 6 });

const differs = 'it is there already, and differs (--replace overwrites)';
const deleted = 'it was deleted here (--replace overwrites)';
const inUse = 'the id is in use';
const other = 'it is there already, and was made by another token or client';

const cases: [what: string, there: ClientRecord, given: ClientRecord, plain: string, replacing: string][] = [
  ['an equal one', someClient('ci'), someClient('ci'), 'unchanged', 'unchanged'],
  ['one that differs', someClient('ci'), someClient('ci', { name: 'Other' }), differs, 'replaced'],
  ['one that was deactivated here', someClient('ci', { state: 'disabled' }), someClient('ci'), differs, 'replaced'],
  ['one that was deleted here', gone('ci'), someClient('ci'), deleted, 'replaced'],
  ['one that was deleted there', someClient('ci'), gone('ci'), inUse, inUse],
  ['one that was deleted in both', gone('ci'), gone('ci'), 'unchanged', 'unchanged'],
  ['one that comes from something else', someClient('ci'), someClient('ci', { userId: 'u_2' }), other, other],
];
for (const [what, there, given, plain, replacing] of cases) {
  test(`a client is imported over ${what}`, async () => {
    for (const [replace, expected] of [
      [false, plain],
      [true, replacing],
    ] as const) {
      const stores = await emptyStores();
      equal(await put(stores, clientKind, there), 'created');
      equal(await put(stores, clientKind, given, replace), expected);
      await stores.close();
    }
  });
}

describe('the counters of a client that is replaced', () => {
  const raised: [what: string, given: Partial<ClientRecord>, expected: [epoch: number, rights: number]][] = [
    ['stay when only its name differs', { name: 'Other' }, [3, 5]],
    ['never go down', { name: 'Other', epoch: 0, rights: 0 }, [3, 5]],
    ['follow higher ones', { epoch: 9, rights: 9 }, [9, 9]],
    ['go up with another role', { role: 'admin', epoch: 0, rights: 0 }, [4, 6]],
    ['go up with other secrets', { secrets: [] }, [4, 6]],
    ['go up with another state', { state: 'disabled' }, [4, 6]],
  ];
  for (const [what, given, expected] of raised) {
    it(what, async () => {
      const stores = await emptyStores();
      await put(stores, clientKind, someClient('ci'));
      await put(stores, clientKind, someClient('ci', given), true);
      const { epoch, rights } = (await stores.records.get(clientKind, 'client:ci')) ?? {};
      deepEqual([epoch, rights], expected);
      await stores.close();
    });
  }
});

describe('clients', () => {
  it('come in after what made them, in whatever order they are in the file', async () => {
    const stores = await emptyStores();
    const lines = [
      ...linesFor(userKind, someUser('ada', { id: 'u_ada' })),
      ...linesFor(clientKind, someClient('b', { makers: ['t_ci', 'client:c'], userId: 'u_ada' })),
      ...linesFor(clientKind, someClient('c', { makers: ['t_ci'], userId: 'u_ada' })),
      ...linesFor(apiTokenKind, someToken('ci', { id: 't_ci', userId: 'u_ada' })),
    ];
    const { problems, summary } = await bringIn(stores, fileOf(lines));
    deepEqual([problems, summary.created], [[], 4]);
    await stores.close();
  });

  it('do not come in without what made them', async () => {
    const stores = await emptyStores();
    const missing = 'the token or client that made it is not there';
    equal(await put(stores, clientKind, someClient('a', { makers: ['t_gone'], userId: 'u_1' })), missing);
    equal(await put(stores, clientKind, someClient('a', { makers: ['client:gone'] })), missing);
    await stores.close();
  });

  const wrong: [what: string, more: Partial<ClientRecord>][] = [
    ['an id without the prefix', { id: 'ci' }],
    ['an id of another form', { id: 'client:C I' }],
    ['the id of the built-in client', { id: 'client:gatewarden' }],
    ['itself as its maker', { makers: ['client:ci'] }],
    ['three secrets', { secrets: [1, 2, 3].map((n) => ({ hash: `h${n}`, createdAt: n })) }],
  ];
  for (const [what, more] of wrong) {
    it(`do not come in with ${what}`, async () => {
      const stores = await emptyStores();
      const { problems, summary } = await bringIn(stores, fileOf(linesFor(clientKind, someClient('ci', more))));
      deepEqual([problems.length, summary.created], [1, 0]);
      equal(await stores.records.count(clientKind), 0);
      await stores.close();
    });
  }

  it('lend their id neither to a user nor to an API token', async () => {
    const stores = await emptyStores();
    const ada = someUser('ada', { id: 'client:ci' });
    const lines = [
      ...linesFor(userKind, ada, someUser('bob', { id: 'u_bob' })),
      ...linesFor(apiTokenKind, someToken('ci', { id: 'client:ci', userId: 'u_bob' })),
    ];
    const { problems, summary } = await bringIn(stores, fileOf(lines));
    deepEqual(
      [problems.map(({ problem }) => problem), summary.created],
      [['user ada: "id" is that of a client', 'api-token ci: "id" is that of a client'], 1],
    );
    await stores.close();
  });

  it('and the tokens of theirs that were revoked go from one store to another', async () => {
    const [from, to] = [await emptyStores(), await emptyStores()];
    await from.records.add(clientKind, someClient('ci', { expiresAt: 9e12 }));
    await from.records.add(clientKind, gone('was'));
    await from.records.add(revokedTokenKind, { id: 'jti1', until: 9e12 });
    const lines = await linesIn(from);
    const { problems, summary } = await bringIn(to, fileOf(lines));
    deepEqual([problems, summary.created, await linesIn(to)], [[], 3, lines]);
    await Promise.all([from.close(), to.close()]);
  });
});
