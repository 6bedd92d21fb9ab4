import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { drawing, topOf } from '../../lib/pages/charts.ts';

for (const [most, top] of [
  [0, 2],
  [1, 2],
  [3, 4],
  [9, 10],
  [11, 20],
  [461, 600],
  [1_000_000, 1_000_000],
] as const) {
  test(`a scale for ${most} ends at ${top}, and its half is whole`, () => {
    equal(topOf(most), top);
    equal(Number.isInteger(top / 2), true);
  });
}

const one = { label: 'one', look: 'first', values: [5, 0, undefined] };
const other = { label: 'other', look: 'second', values: [5, 10, undefined] };

test('series stand on each other, and nothing is no bar', () => {
  const { width, bars, scale } = drawing([one, other], 3);
  deepEqual([width, scale], [30, [10, 5, 0]]);
  deepEqual(bars, [
    [
      { look: 'first', x: 1, y: 50, width: 8, height: 50 },
      { look: 'second', x: 1, y: 0, width: 8, height: 50 },
    ],
    [{ look: 'second', x: 11, y: 0, width: 8, height: 100 }],
    [],
  ]);
});

test('what is little is seen, and bars that go on touch', () => {
  const { bars } = drawing([{ ...one, values: [1, 100_000] }], 2, true);
  deepEqual(bars[0], [{ look: 'first', x: 0, y: 99, width: 10, height: 1 }]);
  deepEqual(bars[1], [{ look: 'first', x: 10, y: 0, width: 10, height: 100 }]);
});
