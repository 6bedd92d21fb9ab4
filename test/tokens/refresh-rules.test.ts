import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RefreshFamilyRecord } from '../../lib/stores/records/kinds/refresh-family.ts';
import { rotation } from '../../lib/tokens/refresh-rules.ts';

const minute = 60_000;
const begun = 1_000_000_000_000;

const family = (more: Partial<RefreshFamilyRecord> = {}) => ({
  id: 's',
  userId: 'u',
  handle: 'h',
  hash: 'now',
  previous: 'before',
  rotatedAt: begun,
  pace: { since: begun, count: 1 },
  createdAt: begun,
  expiresAt: begun + 60 * minute,
  version: 1,
  ...more,
});

const next = { hash: 'next', lifetime: 30 * minute, end: begun + 1000 * minute };

describe('the token of a family', () => {
  it('that is valid is replaced: its hash becomes the previous one', () => {
    const change = rotation('now', next)(family(), begun + 7);
    deepEqual(change.kind === 'put' && change.record, {
      ...family(),
      hash: 'next',
      previous: 'now',
      rotatedAt: begun + 7,
      pace: { since: begun, count: 2 },
      expiresAt: begun + 7 + 30 * minute,
    });
  });

  it('never lives longer than its session', () => {
    const change = rotation('now', { ...next, end: begun + 9 })(family(), begun);
    equal(change.kind === 'put' && change.record.expiresAt, begun + 9);
  });

  const outcomes: [
    title: string,
    presented: string,
    at: number,
    more: Partial<RefreshFamilyRecord>,
    outcome: string,
  ][] = [
    ['of before, within ten seconds', 'before', 10_000, {}, 'retry'],
    ['of before, later', 'before', 10_001, {}, 'reused'],
    ['of before, by a store’s clock that was set back', 'before', -10 * minute, {}, 'retry'],
    ['of two rotations ago', 'older', 0, {}, 'reused'],
    ['that is valid, and has expired', 'now', 60 * minute, {}, 'gone'],
    ['of before, and the family has expired', 'before', 60 * minute, {}, 'gone'],
    ['that is valid, a 61st time in a minute', 'now', minute - 1, { pace: { since: begun, count: 60 } }, 'too-often'],
    ['that is valid, a minute after 60 times', 'now', minute, { pace: { since: begun, count: 60 } }, 'rotated'],
    ['that is valid, by a clock that was set back', 'now', -1, { pace: { since: begun, count: 60 } }, 'rotated'],
  ];
  for (const [title, presented, at, more, outcome] of outcomes) {
    it(`${title}: ${outcome}`, () => {
      const change = rotation(presented, next)(family(more), begun + at);
      equal(change.answer.kind, outcome);
      equal(change.kind, outcome === 'rotated' ? 'put' : 'keep');
    });
  }

  it('that became valid while it was presented is no theft', () => {
    equal(rotation('now', undefined)(family(), begun).answer.kind, 'retry');
  });

  it('of no family is gone', () => {
    equal(rotation('now', next)(undefined, begun).answer.kind, 'gone');
  });
});
