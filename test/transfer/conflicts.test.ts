import { equal } from 'node:assert/strict';
import test from 'node:test';
import type { Identified, Kind } from '../../lib/stores/records/kind.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { factKind } from '../../lib/stores/records/kinds/fact.ts';
import { type RefreshFamilyRecord, refreshFamilyKind } from '../../lib/stores/records/kinds/refresh-family.ts';
import { signingKeyKind } from '../../lib/stores/records/kinds/signing-key.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { same } from '../../lib/stores/suites/cases.ts';
import { someEnded, someToken, someUser } from '../../lib/stores/suites/record-samples.ts';
import { aSigningKey, emptyStores, linesFor, linesIn, put } from './moving.ts';

type Given = Readonly<{ lines: readonly string[]; put: (replace: boolean) => Promise<string | undefined> }>;
type Stores = Awaited<ReturnType<typeof emptyStores>>;

/** One record of a kind: what an import of it answers, and its line. */
const one =
  <R extends Identified>(kind: Kind<R>, record: R) =>
  (stores: Stores): Given => ({
    lines: linesFor(kind, record),
    put: (replace) => put(stores, kind, record, replace),
  });

const removed = (name: string, more: object = {}) => someUser(name, { state: 'removed', ...more });
const family = (id: string, more: Partial<RefreshFamilyRecord> = {}): RefreshFamilyRecord => ({
  ...{ id, userId: 'u_ada', handle: `handle of ${id}`, hash: 'h1', rotatedAt: 1_000, createdAt: 1_000 },
  ...{ pace: { since: 1_000, count: 1 }, expiresAt: 9e12 },
  ...more,
});
const key = aSigningKey('k1', 1);

const differs = 'it is there already, and differs';
const replaceable = `${differs} (--replace overwrites)`;
const nameInUse = 'the name is in use';
const retired = 'the name was that of a user who was deleted (--replace overwrites)';
const otherId = 'its id is that of another record';
const email = 'another user has the same email';

type One = ReturnType<typeof one>;
type Case = readonly [what: string, there: One, given: One, plain: string, replacing: string];

const users: readonly Case[] = [
  [
    'a user who differs',
    one(userKind, someUser('ada')),
    one(userKind, someUser('ada', { displayName: 'A' })),
    replaceable,
    'replaced',
  ],
  [
    'another user of the name',
    one(userKind, someUser('ada')),
    one(userKind, someUser('Ada', { id: 'u_2' })),
    replaceable,
    'replaced',
  ],
  [
    'a user who was deleted',
    one(userKind, removed('ada')),
    one(userKind, someUser('ada', { epoch: 9, tokenEpoch: 9, rights: 9 })),
    retired,
    'replaced',
  ],
  [
    'the name of a user who was deleted',
    one(userKind, removed('ada')),
    one(userKind, someUser('ada', { id: 'u_2' })),
    retired,
    'replaced',
  ],
  ['a deleted user who is there', one(userKind, someUser('ada')), one(userKind, removed('ada')), nameInUse, nameInUse],
  [
    'a deleted user whose name is in use',
    one(userKind, someUser('ada')),
    one(userKind, removed('ada', { id: 'u_2' })),
    nameInUse,
    nameInUse,
  ],
  [
    'a user deleted at another time',
    one(userKind, removed('ada')),
    one(userKind, removed('ada', { updatedAt: 5 })),
    replaceable,
    'replaced',
  ],
  [
    'an id of another user',
    one(userKind, someUser('ada')),
    one(userKind, someUser('bob', { id: 'u_ada' })),
    otherId,
    otherId,
  ],
  [
    'an address of another user',
    one(userKind, someUser('ada', { email: 'a@example.test' })),
    one(userKind, someUser('bob', { email: 'A@example.test' })),
    email,
    email,
  ],
];

const plainKinds: readonly Case[] = [
  [
    'a fact that differs',
    one(factKind, { id: 'x', value: '1' }),
    one(factKind, { id: 'x', value: '2' }),
    replaceable,
    'replaced',
  ],
  [
    'a key that differs',
    one(signingKeyKind, key),
    one(signingKeyKind, { ...key, createdAt: 9 }),
    replaceable,
    'replaced',
  ],
  [
    'a note of another time',
    one(endedSessionKind, someEnded('s', 5)),
    one(endedSessionKind, someEnded('s', 9)),
    replaceable,
    'replaced',
  ],
];

const ada = linesFor(userKind, someUser('ada'));

const owned: readonly Case[] = [
  [
    'a token that differs',
    one(apiTokenKind, someToken('ci')),
    one(apiTokenKind, someToken('ci', { role: 'viewer' })),
    replaceable,
    'replaced',
  ],
  [
    'another token of the name',
    one(apiTokenKind, someToken('ci')),
    one(apiTokenKind, someToken('ci', { id: 't_2', hash: 'h2' })),
    `${nameInUse} (--replace overwrites)`,
    'replaced',
  ],
  [
    'the hash of another token',
    one(apiTokenKind, someToken('ci')),
    one(apiTokenKind, someToken('cd', { hash: 'hash of ci' })),
    'another api-token has the same hash',
    'another api-token has the same hash',
  ],
  [
    'a token whose maker is not there',
    one(apiTokenKind, someToken('ci')),
    one(apiTokenKind, someToken('cd', { makers: ['nobody'] })),
    'the token that made it is not there',
    'the token that made it is not there',
  ],
  [
    'a token whose owner is not there',
    one(apiTokenKind, someToken('ci')),
    one(apiTokenKind, someToken('cd', { userId: 'u_nobody' })),
    'the user that it belongs to is not there',
    'the user that it belongs to is not there',
  ],
  [
    'a token of another user',
    one(apiTokenKind, someToken('ci')),
    one(apiTokenKind, someToken('ci', { userId: 'u_bob' })),
    'the user that it belongs to is not there',
    'the user that it belongs to is not there',
  ],
  [
    'a token that was revoked since',
    one(apiTokenKind, someToken('ci', { endedAt: 5 })),
    one(apiTokenKind, someToken('ci')),
    'it was revoked here since',
    'it was revoked here since',
  ],
  [
    'a family that differs',
    one(refreshFamilyKind, family('s')),
    one(refreshFamilyKind, family('s', { expiresAt: 5 })),
    replaceable,
    'replaced',
  ],
  [
    'a family that was rotated since',
    one(refreshFamilyKind, family('s', { hash: 'h2', rotatedAt: 2_000 })),
    one(refreshFamilyKind, family('s', { expiresAt: 5 })),
    'a token of it was used here since',
    'a token of it was used here since',
  ],
  [
    'a family whose user is not there',
    one(refreshFamilyKind, family('s')),
    one(refreshFamilyKind, family('s2', { userId: 'u_nobody' })),
    'the user that it belongs to is not there',
    'the user that it belongs to is not there',
  ],
  [
    'the handle of another family',
    one(refreshFamilyKind, family('s')),
    one(refreshFamilyKind, family('s2', { handle: 'handle of s' })),
    'another refresh-family has the same handle',
    'another refresh-family has the same handle',
  ],
];

async function check([, there, given, plain, replacing]: Case, others: readonly string[]): Promise<void> {
  const stores = await emptyStores();
  if (others.length > 0) await put(stores, userKind, someUser('ada'));
  equal(await there(stores).put(false), 'created');
  const before = await linesIn(stores);
  equal(await given(stores).put(false), plain);
  same(await linesIn(stores), before);
  equal(await given(stores).put(true), replacing);
  const changed = replacing === 'replaced';
  const now = await linesIn(stores);
  same(now, changed ? [...others, ...given(stores).lines] : before);
  if (changed) equal(await given(stores).put(true), 'unchanged');
  await stores.close();
}

for (const one of [...users, ...plainKinds]) {
  test(`${one[0]}: ${one[3]}, and nothing is changed; replacing: ${one[4]}`, () => check(one, []));
}
for (const one of owned) {
  test(`${one[0]}: ${one[3]}, and nothing is changed; replacing: ${one[4]}`, () => check(one, ada));
}
