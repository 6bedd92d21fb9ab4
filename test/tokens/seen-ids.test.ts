import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { seenIds } from '../../lib/tokens/seen-ids.ts';

const lifetime = 70_000;

function opened(most = 10) {
  const time = { now: 1000 };
  return { time, ids: seenIds({ lifetime, most, now: () => time.now }) };
}

for (const begin of [0, 1, 35_000, 69_999, 70_000, 139_999]) {
  test(`an id that was used ${begin} ms after the start is known for a lifetime`, () => {
    const { time, ids } = opened();
    time.now += begin;
    equal(ids.use('a'), 'first');
    for (const later of [0, 1, 35_000, 33_999]) {
      time.now += later;
      equal(ids.use('a'), 'seen');
    }
  });
}

test('an id is forgotten after two lifetimes, and its place is free', () => {
  const { time, ids } = opened(1);
  deepEqual([ids.use('a'), ids.use('b')], ['first', 'full']);
  time.now += 2 * lifetime;
  deepEqual([ids.use('b'), ids.use('a')], ['first', 'full']);
});

test('the number of ids is bounded in each lifetime', () => {
  const { time, ids } = opened(3);
  const used = [];
  for (let round = 0; round < 3; round += 1) {
    used.push(...['w', 'x', 'y', 'z'].map((id) => ids.use(`${id}${round}`)));
    time.now += lifetime;
  }
  const one = ['first', 'first', 'first', 'full'];
  deepEqual(used, [...one, ...one, ...one]);
});
