import { equal } from 'node:assert/strict';
import { describe } from 'node:test';
import type { RefreshTokenStore } from '../records/refresh-tokens.ts';
import { atOnce, caseOf, type Open, same, tally } from './cases.ts';
import { aRefreshToken, minute, start } from './records.ts';

/** The contract of `RefreshTokenStore`. */
export function describeRefreshTokenStore(name: string, open: Open<RefreshTokenStore>): void {
  describe(`${name} refresh token store`, () => {
    describeRotation(open);
    describeFamilyEnd(open);
  });
}

function describeRotation(open: Open<RefreshTokenStore>): void {
  const check = caseOf(open);
  check('gives back every field of a token until it is past its time', async (tokens) => {
    const full = aRefreshToken('r1', { clientId: 'cli' });
    await tokens.create(full);
    same(await tokens.find('r1', start + 60 * minute - 1), full);
    equal(await tokens.find('r1', start + 60 * minute), undefined);
    equal(await tokens.find('unknown', start), undefined);
  });
  check('spends a token and adds the next in one step', async (tokens) => {
    await tokens.create(aRefreshToken('r1'));
    same(await tokens.rotate('r1', aRefreshToken('r2'), start + 5), { kind: 'rotated' });
    equal(await tokens.find('r1', start + 6), undefined);
    equal((await tokens.find('r2', start + 6))?.hash, 'r2');
  });
  check('says that a spent token was used again, of which session, and when it was spent', async (tokens) => {
    await tokens.create(aRefreshToken('r1'));
    await tokens.rotate('r1', aRefreshToken('r2'), start + 5);
    const again = await tokens.rotate('r1', aRefreshToken('r3'), start + 9);
    same(again, { kind: 'reused', sessionId: 's1', usedAt: start + 5 });
    equal(await tokens.find('r3', start + 9), undefined);
  });
  check('does not rotate a token that is unknown or past its time', async (tokens) => {
    await tokens.create(aRefreshToken('r1'));
    same(await tokens.rotate('unknown', aRefreshToken('r2'), start), { kind: 'not-found' });
    same(await tokens.rotate('r1', aRefreshToken('r2'), start + 60 * minute), { kind: 'not-found' });
    equal(await tokens.find('r2', start), undefined);
  });
  check('rotates one among 100 at once', async (tokens) => {
    await tokens.create(aRefreshToken('r0'));
    const answers = await atOnce(100, (n) => tokens.rotate('r0', aRefreshToken(`next${n}`), start + 1));
    same(tally(answers.map((answer) => answer.kind)), { rotated: 1, reused: 99 });
    const kept = await atOnce(100, (n) => tokens.find(`next${n}`, start + 1));
    equal(kept.filter((token) => token !== undefined).length, 1);
  });
}

function describeFamilyEnd(open: Open<RefreshTokenStore>): void {
  const check = caseOf(open);
  check('ends a family, and no other', async (tokens) => {
    await tokens.create(aRefreshToken('r1'));
    await tokens.rotate('r1', aRefreshToken('r2'), start);
    await tokens.create(aRefreshToken('other', { sessionId: 's2' }));
    await tokens.endFamily('s1');
    same(await tokens.rotate('r1', aRefreshToken('r3'), start), { kind: 'not-found' });
    same(await tokens.rotate('r2', aRefreshToken('r3'), start), { kind: 'not-found' });
    equal((await tokens.find('other', start))?.hash, 'other');
  });
  check('leaves nobody alive when a family ends while it rotates', async (tokens) => {
    await tokens.create(aRefreshToken('r0'));
    await atOnce<unknown>(100, (n) =>
      n === 50 ? tokens.endFamily('s1') : tokens.rotate('r0', aRefreshToken(`next${n}`), start + 1),
    );
    const kept = await atOnce(100, (n) => tokens.find(`next${n}`, start + 1));
    equal(kept.filter((token) => token !== undefined).length, 0);
  });
  check('sweeps what is past its time, spent or not, no more at once than it is told', async (tokens) => {
    await atOnce(5, (n) => tokens.create(aRefreshToken(`r${n}`, { expiresAt: start + minute })));
    await tokens.rotate('r0', aRefreshToken('alive'), start);
    const counts = [];
    for (let round = 0; round < 4; round += 1) counts.push(await tokens.sweep(start + minute, 2));
    same(counts, [2, 2, 1, 0]);
    equal((await tokens.find('alive', start + minute))?.hash, 'alive');
  });
}
