import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { counters } from '../../lib/figures/counters.ts';
import { namedRules, nothing, sumOf } from '../../lib/figures/totals.ts';

const route = { name: 'wiki.example' };
const rule = { text: 'viewer read /**' };

test('verdicts are counted by route and rule, also where no rule matched', () => {
  const counted = counters();
  counted.decided(route, rule, true);
  counted.decided(route, rule, true);
  counted.decided(route, rule, false);
  counted.decided(route, undefined, false);
  counted.decided({ name: 'other.example' }, rule, true);
  deepEqual(counted.peek().rules, [
    { route: 'wiki.example', rule: 'viewer read /**', passed: 2, refused: 1 },
    { route: 'wiki.example', rule: '', passed: 0, refused: 1 },
    { route: 'other.example', rule: 'viewer read /**', passed: 1, refused: 0 },
  ]);
});

test('what is taken is counted once', () => {
  const counted = counters();
  counted.happened('signIns');
  counted.happened('failures');
  counted.happened('tokens');
  counted.refused('csrf_rejected');
  counted.refused('csrf_rejected');
  counted.decided(route, rule, true);
  const totals = {
    ...nothing,
    ...{ signIns: 1, failures: 1, tokens: 1, refusals: [{ code: 'csrf_rejected', count: 2 }] },
    rules: [{ route: 'wiki.example', rule: 'viewer read /**', passed: 1, refused: 0 }],
  };
  deepEqual(counted.peek(), totals);
  deepEqual(counted.take(), totals);
  deepEqual(counted.take(), nothing);
  counted.decided(route, rule, false);
  deepEqual(counted.take().rules, [{ route: 'wiki.example', rule: 'viewer read /**', passed: 0, refused: 1 }]);
});

test('rules beyond the limit are counted together, and their names are cut', () => {
  const counted = counters();
  const many = Array.from({ length: namedRules + 20 }, (_, n) => ({ text: `user * /${n}/${'x'.repeat(500)}` }));
  for (const one of many) counted.decided(route, one, true);
  for (const one of many) counted.decided(route, one, false);
  const { rules, otherRules } = counted.take();
  equal(rules.length, namedRules);
  deepEqual(otherRules, { passed: 20, refused: 20 });
  equal(Math.max(...rules.map((one) => one.rule.length)), 200);
});

test('a sum adds up by code and by rule, and keeps the most sessions', () => {
  const one = {
    ...{ signIns: 1, failures: 2, tokens: 3, refusals: [{ code: 'a', count: 1 }], sessions: 5 },
    rules: [{ route: 'r', rule: 'x', passed: 1, refused: 2 }],
    otherRules: { passed: 1, refused: 0 },
  };
  const other = { ...one, sessions: 4, refusals: [...one.refusals, { code: 'b', count: 7 }] };
  deepEqual(sumOf([one, other, nothing]), {
    ...{ signIns: 2, failures: 4, tokens: 6, sessions: 5 },
    refusals: [
      { code: 'a', count: 2 },
      { code: 'b', count: 7 },
    ],
    rules: [{ route: 'r', rule: 'x', passed: 2, refused: 4 }],
    otherRules: { passed: 2, refused: 0 },
  });
  deepEqual(sumOf([]), nothing);
});

test('a sum of more rules than are named counts the last ones together', () => {
  const rules = (from: number) =>
    Array.from({ length: namedRules }, (_, n) => ({ route: 'r', rule: `${from + n}`, passed: 1, refused: 0 }));
  const sum = sumOf([
    { ...nothing, rules: rules(0) },
    { ...nothing, rules: rules(10) },
  ]);
  equal(sum.rules.length, namedRules);
  deepEqual(sum.otherRules, { passed: 10, refused: 0 });
});
