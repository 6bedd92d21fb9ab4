import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ladder } from '../../lib/request/authorize/roles.ts';
import { clientIsValid, heldWithin, limitsOfClient, type Maker, rightsOfClient } from '../../lib/services/makers.ts';
import type { ClientEdit } from '../../lib/services.ts';
import { type ClientRecord, readClientKey } from '../../lib/stores/records/kinds/client.ts';
import {
  edited,
  endsWithActor,
  isRemovedLately,
  problemOfName,
  removed,
  withSecret,
} from '../../lib/tokens/client-rules.ts';
import { scopes } from './open.ts';

const roles = ladder('anony,viewer,user,operator,admin');
const isLower = (role: string, than: string) => roles.position(role) < roles.position(than);
const now = 1_000_000;
const day = 86_400_000;

const clientOf = (more: Partial<ClientRecord> = {}): ClientRecord => ({
  id: 'client:ci',
  name: 'Builds',
  role: 'operator',
  scopes: ['deploy:write', 'report:read'],
  state: 'active',
  secrets: [{ hash: 'h1', createdAt: 1 }],
  epoch: 3,
  rights: 5,
  createdAt: 1,
  updatedAt: 1,
  ...more,
});

const counters = ({ epoch, rights }: ClientRecord) => [epoch, rights];

describe('the counters of a client', () => {
  const cases: [title: string, edit: ClientEdit, counters: [epoch: number, rights: number]][] = [
    ['another name raises none', { name: 'Other' }, [3, 5]],
    ['other scopes raise none', { scopes: ['report:read'] }, [3, 5]],
    ['a higher role raises none', { role: 'admin' }, [3, 5]],
    ['a lower role raises the rights', { role: 'user' }, [3, 6]],
    ['a role that the ladder does not know raises the rights', { role: 'king' }, [3, 6]],
    ['deactivation raises both', { active: false }, [4, 6]],
    ['the end of its tokens raises both', { endTokens: true }, [4, 6]],
    ['deactivation with a lower role raises both once', { active: false, role: 'user' }, [4, 6]],
  ];
  for (const [title, edit, expected] of cases) {
    it(title, () => deepEqual(counters(edited(clientOf(), edit, now, isLower)), expected));
  }

  it('activation raises none: what ended stays ended', () => {
    const back = edited(clientOf({ state: 'disabled' }), { active: true }, now, isLower);
    deepEqual([back.state, ...counters(back)], ['active', 3, 5]);
  });
});

it('an edit that changes nothing gives the very same record', () => {
  const client = clientOf();
  const same: ClientEdit = { name: 'Builds', role: 'operator', scopes: [...client.scopes], active: true };
  equal(edited(client, same, now, isLower), client);
});

it('scopes that are named twice are kept once', () => {
  deepEqual(edited(clientOf(), { scopes: ['report:read', 'report:read'] }, now, isLower).scopes, ['report:read']);
});

describe('the secrets of a client', () => {
  const hashes = ({ secrets }: ClientRecord) => secrets.map(({ hash }) => hash);

  it('are two at most: the older one of two ends', () => {
    const two = withSecret(clientOf(), 'h2', false, now);
    const three = withSecret(two, 'h3', false, now);
    deepEqual(
      [hashes(two), hashes(three)],
      [
        ['h2', 'h1'],
        ['h3', 'h2'],
      ],
    );
    deepEqual(counters(three), [3, 5]);
  });

  it('all end but the newest, and nothing that was issued does', () => {
    const two = withSecret(clientOf(), 'h2', false, now);
    const one = edited(two, { endOlderSecrets: true }, now, isLower);
    deepEqual([hashes(one), counters(one)], [['h2'], [3, 5]]);
    equal(edited(one, { endOlderSecrets: true }, now, isLower), one);
    deepEqual(counters(edited(two, { endOlderSecrets: true, endTokens: true }, now, isLower)), [4, 6]);
  });

  it('all end but the new one when that is asked for, with what was issued before', () => {
    const one = withSecret(withSecret(clientOf(), 'h2', false, now), 'h3', true, now);
    deepEqual([hashes(one), counters(one)], [['h3'], [4, 6]]);
  });
});

describe('a client that was deleted', () => {
  const gone = removed(clientOf({ makers: ['t_1'], userId: 'u_1', expiresAt: now + day, lastUsedAt: 5 }), now);

  it('leaves its id and its counters, and nothing else', () => {
    deepEqual(gone, {
      ...{ id: 'client:ci', name: '', role: 'operator', scopes: [], state: 'removed', secrets: [], createdAt: 1 },
      ...{ epoch: 4, rights: 6, updatedAt: now },
    });
  });

  it('can be deleted again within a day', () => {
    deepEqual([isRemovedLately(gone, now + day - 1), isRemovedLately(gone, now + day)], [true, false]);
    equal(isRemovedLately(clientOf(), 2), false);
  });
});

const token = (more: object = {}): Maker => ({
  kind: 'api-token',
  id: 't_1',
  record: {
    ...{ id: 't_1', userId: 'u_1', name: 'ci', hash: 'h', epoch: 2, createdAt: 1, version: 1 },
    ...more,
  },
});
const clientMaker = (more: Partial<ClientRecord> = {}): Maker => ({
  kind: 'client',
  id: 'client:root',
  record: { ...clientOf({ id: 'client:root', rights: 7, ...more }), version: 1 },
});
const owner = {
  ...({ id: 'u_1', username: 'ada', nameKey: 'ada', role: 'admin', state: 'active', emailConfirmed: false } as const),
  ...{ epoch: 0, tokenEpoch: 2, rights: 11, createdAt: 1, updatedAt: 1, version: 1 },
};

describe('a client is accepted', () => {
  const cases: [title: string, client: Partial<ClientRecord>, makers: readonly Maker[], expected: boolean][] = [
    ['while it is active', {}, [], true],
    ['not when it is deactivated', { state: 'disabled' }, [], false],
    ['not when it was deleted', { state: 'removed' }, [], false],
    ['until it expires', { expiresAt: now + 1 }, [], true],
    ['not from then on', { expiresAt: now }, [], false],
    ['while the token that made it is valid', {}, [token()], true],
    ['not when that token was revoked', {}, [token({ endedAt: now - 1 })], false],
    ['not when that token has expired', {}, [token({ expiresAt: now })], false],
    ['not when the owner of that token ended all', {}, [token({ epoch: 1 })], false],
    ['not when that token is of another user', {}, [token({ userId: 'u_2' })], false],
    ['not when that token is not there', {}, [{ kind: 'api-token', id: 't_1', record: undefined }], false],
    ['while the client that made it is active', {}, [token(), clientMaker()], true],
    ['not when that client is deactivated', {}, [token(), clientMaker({ state: 'disabled' })], false],
    ['not when that client has expired', {}, [token(), clientMaker({ expiresAt: now })], false],
    ['not when that client is not there', {}, [{ kind: 'client', id: 'client:root', record: undefined }], false],
    ['not when the first of those that made it has ended', {}, [token({ endedAt: 1 }), clientMaker()], false],
  ];
  for (const [title, more, makers, expected] of cases) {
    it(title, () => equal(clientIsValid(clientOf(more), { makers, owner }, now), expected));
  }

  it('not when the owner of the token that made it is not active', () => {
    for (const state of ['disabled', 'pending', 'removed'] as const) {
      equal(clientIsValid(clientOf(), { makers: [token()], owner: { ...owner, state } }, now), false);
    }
    equal(clientIsValid(clientOf(), { makers: [token()], owner: undefined }, now), false);
  });
});

describe('what a client holds', () => {
  const declared = { ladder: roles, scopes };
  const held = (client: Partial<ClientRecord>, makers: readonly Maker[] = [], ownerRole?: string) => {
    const standing = { makers, owner: ownerRole === undefined ? undefined : { ...owner, role: ownerRole } };
    return heldWithin(limitsOfClient(clientOf(client), standing), declared);
  };

  it('is what it lists, as far as its role may hold it', () => {
    deepEqual(held({}), { role: 'operator', scopes: ['deploy:write', 'report:read'] });
    deepEqual(held({ role: 'viewer' }), { role: 'viewer', scopes: ['report:read'] });
    deepEqual(held({ scopes: [] }), { role: 'operator', scopes: [] });
  });

  it('is nothing for a role or a scope that is not declared, also when one is called like the other', () => {
    deepEqual(held({ role: 'king' }), { role: 'anony', scopes: [] });
    deepEqual(held({ scopes: ['admin', 'operator'] }), { role: 'operator', scopes: [] });
  });

  it('is at most what its makers and their owner hold now', () => {
    deepEqual(held({ role: 'admin' }, [token({ role: 'viewer' })], 'admin').role, 'viewer');
    deepEqual(held({ role: 'admin' }, [token()], 'user').role, 'user');
    deepEqual(held({ role: 'admin' }, [clientMaker({ role: 'user' })]).role, 'user');
    deepEqual(held({}, [token({ scopes: ['report:read'] })], 'admin').scopes, ['report:read']);
    deepEqual(held({}, [clientMaker({ scopes: [] })]).scopes, []);
  });
});

it('the rights of a client count all that lets it mint: each that rises changes the sum', () => {
  const sum = (rights: number, maker: number, ofOwner: number) =>
    rightsOfClient(clientOf({ rights }), {
      makers: [token(), clientMaker({ rights: maker })],
      owner: { ...owner, rights: ofOwner },
    });
  equal(sum(1, 2, 3), 6);
  for (const raised of [sum(2, 2, 3), sum(1, 3, 3), sum(1, 2, 4)]) ok(raised > sum(1, 2, 3));
});

describe('a client ends with the credential that acts on it', () => {
  const cases: [title: string, client: Partial<ClientRecord>, by: Parameters<typeof endsWithActor>[1], is: boolean][] =
    [
      ['where that has a life of its own, nothing is asked', {}, {}, true],
      ['when it was made by it', { makers: ['t_0', 't_1'] }, { makers: ['t_0', 't_1'] }, true],
      ['when it comes from it further up', { makers: ['t_1', 'client:a'] }, { makers: ['t_1'] }, true],
      ['when it is it', {}, { makers: ['client:ci'] }, true],
      ['not when it comes from the same maker only', { makers: ['t_0'] }, { makers: ['t_0', 't_1'] }, false],
      ['not when it comes from nothing', {}, { makers: ['t_1'] }, false],
      ['when it expires before', { expiresAt: 5 }, { until: 5 }, true],
      ['not when it expires after', { expiresAt: 6 }, { until: 5 }, false],
      ['not when it never expires', {}, { until: 5 }, false],
    ];
  for (const [title, more, by, expected] of cases) {
    it(title, () => equal(endsWithActor(clientOf(more), by), expected));
  }
});

describe('the id of a client', () => {
  const right = ['ci', '0', 'a.b_c-d', 'a'.repeat(63), 'gatewarden'];
  const wrong = [
    '',
    'CI',
    '-a',
    '.a',
    'a b',
    'a:b',
    'client:ci',
    'ä',
    'a\n',
    'a'.repeat(64),
    'a/b',
    'a\u0000',
    '__proto__',
  ];
  for (const id of right) it(`may be ${id}`, () => equal(readClientKey(id), `client:${id}`));
  for (const id of wrong) it(`may not be ${JSON.stringify(id)}`, () => equal(readClientKey(id), undefined));
  it('is a text', () => {
    for (const id of [undefined, null, 1, {}, ['ci'], { $ne: '' }]) equal(readClientKey(id), undefined);
  });
});

it('the name of a client is text of 1 to 128 characters without control characters', () => {
  for (const name of ['Builds', '日本', 'a'.repeat(128)]) equal(problemOfName(name), undefined);
  for (const name of ['', ' ', 'a'.repeat(129), 'a\nb', 'a\u0000', '\ud800', 7, undefined, { toString: () => 'a' }]) {
    ok(problemOfName(name));
  }
});
