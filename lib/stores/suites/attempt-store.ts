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
  check('takes one back', async (attempts) => {
    await attempts.hit('ada', window);
    await attempts.hit('ada', window);
    await attempts.refund('ada', window);
    equal(await countOf(attempts, 'ada'), 2);
  });
  check('takes nothing back where nothing is counted', async (attempts) => {
    await attempts.refund('ada', window);
    equal(await countOf(attempts, 'ada'), 1);
    await atOnce(5, () => attempts.refund('ada', window));
    equal(await countOf(attempts, 'ada'), 1);
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
