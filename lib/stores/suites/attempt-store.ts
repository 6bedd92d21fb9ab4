import { equal, ok } from 'node:assert/strict';
import { describe } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { AttemptStore } from '../attempts.ts';
import { atOnce, caseOf, type Open, same } from './cases.ts';
import { start } from './records.ts';

const window = 900_000;

/** The contract of `AttemptStore`: the only one whose time is the store's own clock. */
export function describeAttemptStore(name: string, open: Open<AttemptStore>): void {
  describe(`${name} attempt store`, () => {
    describeCounting(open);
    describePlaces(open);
    describeAddresses(open);
  });
}

const countOf = async (attempts: AttemptStore, key: string, windowMs = window) =>
  (await attempts.hit(key, windowMs)).count;

function describeCounting(open: Open<AttemptStore>): void {
  const check = caseOf(open);
  check('counts up, and tells what is left of the window that the first began', async (attempts) => {
    const first = await attempts.hit('ada', window);
    const second = await attempts.hit('ada', window);
    same([first.count, second.count], [1, 2]);
    ok(first.resetMs > window - 5000 && first.resetMs <= window);
    ok(second.resetMs <= first.resetMs);
  });
  check('loses none of 100 at once', async (attempts) => {
    const counts = await atOnce(100, () => countOf(attempts, 'ada'));
    same(
      counts.sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, n) => n + 1),
    );
  });
  check('counts keys and windows apart, whatever is in a key', async (attempts) => {
    const keys = ['ada', 'Ada', 'ada:', ':ada', "'; DROP TABLE users; --", '*', '😀', '__proto__'];
    for (const key of keys) equal(await countOf(attempts, key), 1);
    equal(await countOf(attempts, 'ada', 86_400_000), 1);
    equal(await countOf(attempts, 'ada'), 2);
  });
  check('begins anew when the window is over', async (attempts) => {
    await attempts.hit('ada', 1000);
    const second = await attempts.hit('ada', 1000);
    equal(second.count, 2);
    await wait(second.resetMs + 20);
    equal(await countOf(attempts, 'ada', 1000), 1);
  });
  check('tells what is counted without counting', async (attempts) => {
    same(await attempts.count('ada', window), { count: 0, resetMs: 0 });
    await attempts.hit('ada', window);
    await attempts.hit('ada', window);
    for (const _ of [1, 2]) {
      const { count, resetMs } = await attempts.count('ada', window);
      equal(count, 2);
      ok(resetMs > window - 5000 && resetMs <= window);
    }
    equal((await attempts.count('ada', 60_000)).count, 0);
    equal((await attempts.count('bob', window)).count, 0);
  });
  check('tells of nothing once the window is over', async (attempts) => {
    const { resetMs } = await attempts.hit('ada', 1000);
    await wait(resetMs + 20);
    same(await attempts.count('ada', 1000), { count: 0, resetMs: 0 });
  });
  check('clears one key of one window', async (attempts) => {
    await attempts.hit('ada', window);
    await attempts.hit('ada', 60_000);
    await attempts.hit('bob', window);
    await attempts.clear('ada', window);
    await attempts.clear('nobody', window);
    equal(await countOf(attempts, 'ada'), 1);
    equal(await countOf(attempts, 'ada', 60_000), 2);
    equal(await countOf(attempts, 'bob'), 2);
  });
}

function describePlaces(open: Open<AttemptStore>): void {
  const check = caseOf(open);
  const long = 60_000;
  check('holds as many places as there may be, each once, however many ask at once', async (attempts) => {
    const places = await atOnce(100, (at) => attempts.hold('ada', `holder ${at}`, 5, long));
    same(
      places.filter((place) => place > 0).sort((a, b) => a - b),
      [1, 2, 3, 4, 5],
    );
    equal(await attempts.hold('bob', 'holder 0', 5, long), 1);
  });
  check('gives a place that was given up to the next', async (attempts) => {
    for (const holder of ['a', 'b']) await attempts.hold('ada', holder, 2, long);
    equal(await attempts.hold('ada', 'c', 2, long), 0);
    await attempts.letGo('ada', 'a');
    equal(await attempts.hold('ada', 'c', 2, long), 2);
    equal(await attempts.hold('ada', 'd', 2, long), 0);
  });
  check('gives up nothing that is not held, and nothing of another key', async (attempts) => {
    await attempts.hold('ada', 'a', 1, long);
    await attempts.letGo('ada', 'b');
    await attempts.letGo('bob', 'a');
    equal(await attempts.hold('ada', 'b', 1, long), 0);
  });
  check('frees a place that nobody gave up in time', async (attempts) => {
    await attempts.hold('ada', 'dead', 1, 500);
    equal(await attempts.hold('ada', 'next', 1, long), 0);
    await wait(550);
    equal(await attempts.hold('ada', 'next', 1, long), 1);
  });
  check('keeps a later place when an earlier one runs out', async (attempts) => {
    await attempts.hold('ada', 'later', 2, long);
    await attempts.hold('ada', 'earlier', 2, 300);
    await wait(350);
    equal(await attempts.hold('ada', 'next', 2, long), 2);
  });
  check('holds places apart from what is counted', async (attempts) => {
    await attempts.hold('ada', 'a', 1, long);
    equal(await countOf(attempts, 'ada'), 1);
    await attempts.clear('ada', window);
    equal(await attempts.hold('ada', 'b', 1, long), 0);
  });
}

function describeAddresses(open: Open<AttemptStore>): void {
  const check = caseOf(open);
  check('knows an address of the user who signed in from it', async (attempts) => {
    await attempts.rememberAddress('ada', '192.0.2.1', start);
    equal(await attempts.knowsAddress('ada', '192.0.2.1'), true);
    equal(await attempts.knowsAddress('ada', '192.0.2.2'), false);
    equal(await attempts.knowsAddress('bob', '192.0.2.1'), false);
  });
  check('keeps the 20 latest', async (attempts) => {
    await attempts.rememberAddress('bob', 'bobs', start);
    for (let n = 0; n < 20; n += 1) await attempts.rememberAddress('ada', `192.0.2.${n}`, start + n);
    await attempts.rememberAddress('ada', '192.0.2.0', start + 20);
    await attempts.rememberAddress('ada', '192.0.2.20', start + 21);
    equal(await attempts.knowsAddress('ada', '192.0.2.1'), false);
    for (const kept of [0, 2, 19, 20]) equal(await attempts.knowsAddress('ada', `192.0.2.${kept}`), true);
    equal(await attempts.knowsAddress('bob', 'bobs'), true);
  });
}
