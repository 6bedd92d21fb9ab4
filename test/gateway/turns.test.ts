import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { turns } from '../../gateway/upstreams/turns.ts';

function crowd(atOnce: number, places: number) {
  const line = turns({ atOnce, places });
  const begun: string[] = [];
  const moved: string[] = [];
  const come = (name: string, address = name) => {
    const one = { address, begin: () => void begun.push(name), move: () => void moved.push(name) };
    return { one, taken: line.take(one) };
  };
  return { line, begun, moved, come };
}

test('as many as there are turns begin at once, the next ones in the order in which they came', () => {
  const { line, begun, come } = crowd(2, 4);
  for (const name of ['a', 'b', 'c', 'd']) equal(come(name).taken, true);
  deepEqual(begun, ['a', 'b']);
  line.end('a');
  deepEqual(begun, ['a', 'b', 'c']);
  line.end('b');
  deepEqual(begun, ['a', 'b', 'c', 'd']);
});

test('one address gets a quarter of the turns, and another one is served past it', () => {
  const { line, begun, come } = crowd(8, 8);
  for (const name of ['a1', 'a2', 'a3', 'a4']) come(name, 'a');
  come('b1', 'b');
  deepEqual(begun, ['a1', 'a2', 'b1']);
  line.end('b');
  deepEqual(begun, ['a1', 'a2', 'b1']);
  line.end('a');
  deepEqual(begun, ['a1', 'a2', 'b1', 'a3']);
});

test('one address gets a quarter of the places in the queue', () => {
  const { come } = crowd(4, 8);
  deepEqual(
    ['a1', 'a2', 'a3', 'a4'].map((name) => come(name, 'a').taken),
    [true, true, true, false],
  );
  equal(come('b', 'b').taken, true);
});

test('who leaves the queue gets no turn, and their place is free', () => {
  const { line, begun, come } = crowd(4, 4);
  come('a1', 'a');
  const { one } = come('a2', 'a');
  equal(come('a3', 'a').taken, false);
  line.leave(one);
  line.leave(one);
  equal(come('a4', 'a').taken, true);
  line.end('a');
  deepEqual(begun, ['a1', 'a4']);
});

test('everyone in the queue moves when it is cleared, in order; who has a turn keeps it', () => {
  const { line, begun, moved, come } = crowd(1, 8);
  for (const name of ['a', 'b', 'c']) come(name);
  line.clear();
  deepEqual([begun, moved], [['a'], ['b', 'c']]);
  equal(come('d').taken, true);
  line.end('a');
  deepEqual(begun, ['a', 'd']);
});
