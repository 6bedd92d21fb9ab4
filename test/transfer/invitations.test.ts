import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { clientKey, clientKind } from '../../lib/stores/records/kinds/client.ts';
import { type InvitationRecord, invitationKind } from '../../lib/stores/records/kinds/invitation.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { someUser } from '../../lib/stores/suites/record-samples.ts';
import { outcomeOf, signUpOver } from '../accounts/inviting.ts';
import { caller, openAccounts, password } from '../accounts/open.ts';
import { bringIn, emptyStores, linesIn, put, textOf } from './moving.ts';

const invitation = (more: Partial<InvitationRecord> = {}): InvitationRecord => ({
  id: 'i_1',
  hash: 'a hash',
  role: 'user',
  uses: 2,
  usedBy: [],
  inviter: { id: 'u_ada', rights: 0, role: 'admin' },
  createdAt: 1_000,
  expiresAt: 9e12,
  ...more,
});

const use = (userId: string) => ({ userId, at: 1_000 });
const done = (userId: string) => ({ ...use(userId), done: true as const });

const gone = 'the user or client who made it is not there';
const withdrawn = 'it was withdrawn here since';
const used = 'it was used here since';
const other = 'it is there already, and has another code or was made by another';

type Case = readonly [
  what: string,
  there: Partial<InvitationRecord> | undefined,
  given: Partial<InvitationRecord>,
  plain: string,
  replacing: string,
];

const differs = 'it is there already, and differs (--replace overwrites)';
const cases: readonly Case[] = [
  ['one that is not there', undefined, {}, 'created', 'created'],
  ['the same', {}, {}, 'unchanged', 'unchanged'],
  ['one with another note', {}, { note: 'x' }, differs, 'replaced'],
  ['one that was withdrawn', { endedAt: 5 }, {}, withdrawn, withdrawn],
  ['one that the file has withdrawn', {}, { endedAt: 5 }, differs, 'replaced'],
  ['one that was used', { usedBy: [done('u_x')] }, {}, used, used],
  ['one that was used by another', { usedBy: [done('u_x')] }, { usedBy: [done('u_y')] }, used, used],
  ['one whose use was settled', { usedBy: [done('u_x')] }, { usedBy: [use('u_x')] }, used, used],
  ['one that the file has used', {}, { usedBy: [done('u_x')] }, differs, 'replaced'],
  [
    'one that the file has used more',
    { usedBy: [use('u_x')] },
    { usedBy: [done('u_x'), use('u_y')] },
    differs,
    'replaced',
  ],
  ['one with another code', {}, { hash: 'another' }, other, other],
  ['one of another inviter', {}, { inviter: { id: 'u_bob', rights: 0, role: 'admin' } }, other, other],
  ['one of a higher role of the inviter', {}, { inviter: { id: 'u_ada', rights: 0, role: 'root' } }, other, other],
  ['one that its inviter made with nothing', { makers: ['t_1'] }, {}, other, other],
  ['one whose inviter is not there', undefined, { inviter: { id: 'u_x', rights: 0, role: 'admin' } }, gone, gone],
  ['one whose inviter was deleted', undefined, { inviter: { id: 'u_gone', rights: 0, role: 'admin' } }, gone, gone],
  [
    'one whose client is not there',
    undefined,
    { inviter: { id: clientKey('x'), rights: 0, role: 'admin' } },
    gone,
    gone,
  ],
  [
    'one of a client',
    undefined,
    { inviter: { id: clientKey('ci'), rights: 0, role: 'operator' } },
    'created',
    'created',
  ],
  [
    'a withdrawn one whose inviter is not there',
    undefined,
    { endedAt: 5, inviter: { id: 'u_x', rights: 0, role: 'admin' } },
    'created',
    'created',
  ],
  ['one of the program', undefined, { inviter: undefined }, 'created', 'created'],
];

for (const [what, there, given, ...answers] of cases) {
  for (const [at, replace] of [false, true].entries()) {
    test(`an import of ${what}, ${replace ? 'with' : 'without'} --replace`, async () => {
      const stores = await emptyStores();
      const { records } = stores;
      await records.addMany(userKind, [someUser('ada'), someUser('bob'), someUser('gone', { state: 'removed' })]);
      await records.add(clientKind, {
        ...{ id: clientKey('ci'), name: 'ci', role: 'operator', scopes: [], state: 'active', secrets: [] },
        ...{ epoch: 0, rights: 0, createdAt: 1, updatedAt: 1 },
      });
      if (there) await records.add(invitationKind, invitation(there));
      const before = await linesIn(stores);
      const answer = answers[at] ?? '';
      equal(await put(stores, invitationKind, invitation(given), replace), answer);
      if (answer !== 'created' && answer !== 'replaced') deepEqual(await linesIn(stores), before);
    });
  }
}

test('a file of before does not bring back what was used or withdrawn since, and an unused one works in a new store', async () => {
  const { parts, stores } = await openAccounts();
  const { invitations, signUps } = signUpOver(parts);
  const codes: string[] = [];
  for (const note of ['used', 'withdrawn', 'unused']) {
    const made = await invitations.create({ note });
    ok(made.ok);
    codes.push(made.value.code);
    if (note === 'withdrawn') await invitations.revoke(made.value.view.id);
  }
  const before = await textOf(stores);
  const signUp = async (on: typeof signUps, username: string, invitation = '') =>
    outcomeOf(await on.signUp({ username, password, invitation }, caller));
  equal(await signUp(signUps, 'eve', codes[0]), 'active user');
  const { items } = await invitations.list();
  for (const { id, note } of items) if (note === 'unused') await invitations.revoke(id);

  for (const replace of [false, true]) {
    const { problems } = await bringIn(stores, before, { replace });
    deepEqual(problems.map(({ problem }) => problem).sort(), [used, withdrawn]);
    for (const code of codes) equal(await signUp(signUps, 'fay', code), 'validation_failed invitation');
  }

  const fresh = await openAccounts();
  const after = await textOf(stores);
  deepEqual((await bringIn(fresh.stores, after)).problems, []);
  equal(await textOf(fresh.stores), after);
  const there = signUpOver(fresh.parts);
  for (const code of codes) equal(await signUp(there.signUps, 'fay', code), 'validation_failed invitation');
});
