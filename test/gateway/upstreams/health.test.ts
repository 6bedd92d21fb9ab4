import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { TargetHealth } from '../../../gateway/upstreams/health.ts';

/** The health of a target by a clock that the test sets. */
function healthOfTarget() {
  const lines: string[] = [];
  const write = (fields: object, message: string) => void lines.push(`${message}: ${JSON.stringify(fields)}`);
  const log = { debug: write, info: write, warn: write, error: write };
  const time = { now: 1000 };
  const health = new TargetHealth({ target: 'http://a:1', log, clock: () => time.now });
  const fail = (times: number) => {
    for (let at = 0; at < times; at += 1) health.failed('ECONNREFUSED');
  };
  return { health, lines, time, fail };
}

test('three failures in a row make a target unhealthy, an answer between them does not', () => {
  const { health, lines, fail } = healthOfTarget();
  fail(2);
  health.answered();
  fail(2);
  equal(health.isHealthy, true);
  fail(1);
  equal(health.isHealthy, false);
  equal(health.problem, 'ECONNREFUSED');
  deepEqual(lines, ['a target is unhealthy: {"target":"http://a:1","cause":"ECONNREFUSED"}']);
});

test('after a rest it may be tried; each failure then doubles the rest, up to a minute, and an answer ends it', () => {
  const { health, lines, time, fail } = healthOfTarget();
  fail(3);
  const rests: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const from = time.now;
    while (!health.mayBeTried(time.now)) time.now += 1000;
    rests.push(time.now - from);
    fail(1);
  }
  deepEqual(rests, [5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  equal(lines.length, 1);
  health.answered();
  equal(health.isHealthy, true);
  equal(health.problem, undefined);
  deepEqual(lines.slice(1), ['a target is healthy again: {"target":"http://a:1"}']);
  fail(3);
  time.now += 5000;
  equal(health.mayBeTried(time.now), true);
});

test('what was running when the rest began does not prolong it', () => {
  const { health, time, fail } = healthOfTarget();
  fail(3);
  time.now += 4999;
  fail(50);
  time.now += 1;
  equal(health.mayBeTried(time.now), true);
});

test('a target that fails its checks is not tried until it passes them, whatever it answers', () => {
  const { health, lines, time } = healthOfTarget();
  health.failedChecks('status 503');
  health.failedChecks('status 503');
  time.now += 1_000_000;
  health.answered();
  equal(health.mayBeTried(time.now), false);
  health.passedChecks();
  equal(health.isHealthy, true);
  equal(lines.length, 2);
});

test('checks that pass end a rest', () => {
  const { health, time, fail } = healthOfTarget();
  fail(3);
  health.passedChecks();
  equal(health.isHealthy, true);
  fail(2);
  equal(health.isHealthy, true);
  fail(1);
  equal(health.mayBeTried(time.now + 5000), true);
});
