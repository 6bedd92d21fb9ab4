import { equal } from 'node:assert/strict';
import type { TransferEntry, TransferOutcome } from '../records/transfer.ts';
import { caseOf, type Open, same } from './cases.ts';
import { aKey, anEvent, aRefreshToken, start } from './records.ts';
import { exported, fact, type Moving, put, retired, token, user } from './transfer-entries.ts';

type Case = readonly [
  what: string,
  there: TransferEntry,
  given: TransferEntry,
  plain: TransferOutcome,
  replacing: TransferOutcome,
];

const cases: readonly Case[] = [
  ['a user who differs', user('ada'), user('ada', { displayName: 'A' }), 'different', 'replaced'],
  ['another user of the name', user('ada'), user('Ada', { id: 'u_2' }), 'different', 'replaced'],
  ['a retired name', retired('ada'), user('ada'), 'name-retired', 'created'],
  ['a name that is in use again', user('ada'), retired('ada'), 'name-taken', 'name-taken'],
  ['a name retired at another time', retired('ada'), retired('ada', 5), 'different', 'replaced'],
  ['an id of another user', user('ada'), user('bob', { id: 'u_ada' }), 'id-taken', 'id-taken'],
  [
    'an address of another user',
    user('ada', { email: 'a@example.test' }),
    user('bob', { email: 'A@example.test' }),
    'email-taken',
    'email-taken',
  ],
  ['a fact that differs', fact('x', '1'), fact('x', '2'), 'different', 'replaced'],
  [
    'a key that differs',
    { kind: 'key', record: aKey('k1') },
    { kind: 'key', record: { ...aKey('k1'), sealed: 'x' } },
    'different',
    'replaced',
  ],
  ['a token that differs', token('ci'), token('ci', { role: 'viewer' }), 'different', 'replaced'],
  ['another token of the name', token('ci'), token('ci', { id: 't_2', hash: 'h2' }), 'name-taken', 'replaced'],
  ['the hash of another token', token('ci'), token('cd', { hash: 'hash of ci' }), 'id-taken', 'id-taken'],
  ['a token whose maker is not there', token('ci'), token('cd', { parentId: 'nobody' }), 'parent-gone', 'parent-gone'],
  ['a token of another maker', token('ci'), token('ci', { parentId: 't_x' }), 'different', 'different'],
  [
    'an event that differs',
    { kind: 'audit', record: anEvent(1) },
    { kind: 'audit', record: anEvent(1, { actor: 'eve' }) },
    'different',
    'replaced',
  ],
  [
    'a refresh token that was spent since',
    { kind: 'spent-refresh-token', record: { hash: 'h', sessionId: 's1', usedAt: start, expiresAt: start + 1 } },
    { kind: 'refresh-token', record: aRefreshToken('h') },
    'different',
    'different',
  ],
];

/** Outcomes of entries that conflict with a stored record. */
export function describeConflicts(open: Open<Moving>): void {
  const check = caseOf(open);
  for (const [what, there, given, plain, replacing] of cases) {
    check(`${what}: ${plain}, and nothing is changed; replacing: ${replacing}`, async (store) => {
      equal(await put(store, there), 'created');
      const before = await exported(store);
      equal(await put(store, given), plain);
      same(await exported(store), before);
      equal(await put(store, given, true), replacing);
      const changed = replacing === 'replaced' || replacing === 'created';
      same(await exported(store), changed ? [given] : before);
      if (changed) equal(await put(store, given, true), 'unchanged');
    });
  }
}
