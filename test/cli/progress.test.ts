import { deepEqual } from 'node:assert/strict';
import test from 'node:test';
import { progressLine } from '../../cli/progress.ts';

function watched({ isTTY = false, quiet = false }) {
  const said: string[] = [];
  let now = 0;
  const line = progressLine('imported', {
    quiet,
    screen: { isTTY, write: (text) => said.push(text) },
    clock: () => now,
  });
  return {
    said,
    line,
    after: (ms: number) => {
      now += ms;
    },
  };
}

test('without a terminal a line every three seconds, none before', () => {
  const { said, line, after } = watched({});
  for (let n = 1; n <= 70; n += 1) {
    after(100);
    line.told(n * 100, 10_000);
  }
  line.end();
  deepEqual(said, ['imported 3,000 of 10,000 (30%) records, 3 s\n', 'imported 6,000 of 10,000 (60%) records, 6 s\n']);
});

test('on a terminal one line that changes, and is gone at the end', () => {
  const { said, line, after } = watched({ isTTY: true });
  for (const done of [500, 1000]) {
    after(250);
    line.told(done);
  }
  line.end();
  deepEqual(said, ['\r\u001b[Kimported 500 records, 0 s', '\r\u001b[Kimported 1,000 records, 1 s', '\r\u001b[K']);
});

test('nothing with --quiet', () => {
  const { said, line, after } = watched({ quiet: true });
  after(60_000);
  line.told(1, 2);
  line.end();
  deepEqual(said, []);
});
