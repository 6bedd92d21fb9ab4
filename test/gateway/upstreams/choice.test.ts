import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { leastPending, sameForKey } from '../../../gateway/upstreams/choice.ts';
import { TargetHealth } from '../../../gateway/upstreams/health.ts';
import { Target } from '../../../gateway/upstreams/target.ts';
import { turns } from '../../../gateway/upstreams/turns.ts';

const silent = () => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };

function target(address: string): Target {
  return new Target({
    address,
    transport: { protocol: 'http1', dispatch: silent, dispatchAnew: silent, close: async () => undefined },
    turns: turns({ atOnce: 512, places: 512 }),
    health: new TargetHealth({ target: address, log }),
    stopChecks: silent,
  });
}

const several = (count: number): readonly Target[] =>
  Array.from({ length: count }, (_, at) => target(`http://10.0.0.${at + 1}:80`));

const breakTarget = (one: Target | undefined): void => one?.health.failedChecks('status 503');

test('the target with the fewest pending requests is chosen; equal ones take turns', () => {
  const targets = several(3);
  const choose = leastPending(targets);
  const chosen = new Map<Target | undefined, number>();
  for (let at = 0; at < 30; at += 1) {
    const one = choose('', undefined);
    chosen.set(one, (chosen.get(one) ?? 0) + 1);
  }
  deepEqual([...chosen.values()], [10, 10, 10]);
  const [first, second, third] = targets;
  for (const [one, pending] of [
    [first, 5],
    [second, 2],
    [third, 9],
  ] as const)
    if (one) one.pending = pending;
  for (let at = 0; at < 5; at += 1) equal(choose('', undefined), second);
});

test('one that is unhealthy or was tried is not chosen, and none is when none is left', () => {
  const targets = several(3);
  const [first, second, third] = targets;
  breakTarget(first);
  for (const choose of [leastPending(targets), sameForKey(targets)]) {
    for (let at = 0; at < 10; at += 1) equal(choose(`key ${at}`, new Set(second ? [second] : [])), third);
    equal(choose('key', new Set(targets)), undefined);
  }
});

test('after its rest a target gets one request at a time until it answers', () => {
  const one = target('http://10.0.0.1:80');
  for (let at = 0; at < 3; at += 1) one.health.failed('ECONNREFUSED');
  equal(one.isAvailable, false);
  const rested = new TargetHealth({ target: 'http://10.0.0.1:80', log, clock: () => -1_000_000 });
  for (let at = 0; at < 3; at += 1) rested.failed('ECONNREFUSED');
  const { address, transport, turns: line } = one;
  const trial = new Target({ address, transport, turns: line, health: rested, stopChecks: silent });
  equal(trial.isAvailable, true);
  trial.pending = 1;
  equal(trial.isAvailable, false);
  rested.answered();
  equal(trial.isAvailable, true);
});

test('the same key has the same target; keys are spread evenly', () => {
  const targets = several(4);
  const choose = sameForKey(targets);
  const keys = Array.from({ length: 4000 }, (_, at) => `session-${at}`);
  const counts = new Map<Target | undefined, number>();
  for (const key of keys) {
    const one = choose(key, undefined);
    equal(choose(key, undefined), one);
    counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  equal(counts.size, 4);
  for (const count of counts.values()) ok(count > 850 && count < 1150, `${count} of 4000`);
});

test('when a target goes only its keys move, to all others, and they come back with it', () => {
  const targets = several(4);
  const choose = sameForKey(targets);
  const keys = Array.from({ length: 1000 }, (_, at) => `192.0.2.${at % 256}-${at}`);
  const before = keys.map((key) => choose(key, undefined));
  breakTarget(targets[0]);
  const during = keys.map((key) => choose(key, undefined));
  equal(during.includes(targets[0]), false);
  equal(during.filter((one, at) => before[at] !== targets[0] && one !== before[at]).length, 0);
  const heirs = new Set(during.filter((_, at) => before[at] === targets[0]));
  equal(heirs.size, 3);
  targets[0]?.health.passedChecks();
  deepEqual(
    keys.map((key) => choose(key, undefined)),
    before,
  );
});

test('another instance with the targets in another order chooses alike', () => {
  const targets = several(5);
  const [here, there] = [sameForKey(targets), sameForKey([...targets].reverse())];
  for (let at = 0; at < 200; at += 1) equal(here(`key ${at}`, undefined), there(`key ${at}`, undefined));
});
