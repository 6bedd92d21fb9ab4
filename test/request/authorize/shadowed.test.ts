import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ruleTable } from '../../../lib/request/authorize/match.ts';
import type { Rule } from '../../../lib/request/authorize/rules.ts';
import { shadowedRules } from '../../../lib/request/authorize/shadowed.ts';
import { rulesOf } from './known.ts';

const cases: readonly Readonly<{ earlier: string; later: string; shadowed: boolean }>[] = [
  { earlier: 'viewer * /**', later: 'admin DELETE /a', shadowed: true },
  { earlier: 'viewer read /**', later: 'admin GET,HEAD /a', shadowed: true },
  { earlier: 'viewer read /**', later: 'admin GET,POST /a', shadowed: false },
  { earlier: 'viewer GET,OPTIONS /a', later: 'admin read /a', shadowed: true },
  { earlier: 'viewer GET /a', later: 'admin read /a', shadowed: false },
  { earlier: 'viewer write /a/**', later: 'admin POST,DELETE /a', shadowed: true },
  { earlier: 'viewer POST /a', later: 'admin write /a', shadowed: false },
  { earlier: 'viewer read /a', later: 'admin * /a', shadowed: false },
  { earlier: 'user * /home/:self/**', later: 'admin * /home/*/x', shadowed: true },
  { earlier: 'user * /home/*', later: 'admin * /home/:self/**', shadowed: false },
  { earlier: 'user * /a/**', later: 'admin * /a', shadowed: true },
  { earlier: 'user * /a', later: 'admin * /a/**', shadowed: false },
  { earlier: 'user * /*', later: 'admin * /', shadowed: false },
  { earlier: 'user * /A/**', later: 'admin * /a/b', shadowed: false },
];

for (const { earlier, later, shadowed } of cases)
  test(`"${later}" after "${earlier}" ${shadowed ? 'never decides' : 'decides on some requests'}`, () => {
    const rules = rulesOf(`${earlier}\n${later}`);
    deepEqual(shadowedRules(rules), shadowed ? [{ rule: rules[1], by: rules[0] }] : []);
  });

const segment = fc.constantFrom('a', 'b', 'A');
const pathOf = (segments: readonly string[]): string => `/${segments.join('/')}`;
const pattern = fc
  .tuple(fc.array(fc.oneof(segment, fc.constant('*')), { maxLength: 3 }), fc.boolean())
  .map(([segments, open]) => pathOf(open ? [...segments, '**'] : segments));
const methods = fc.constantFrom('read', 'write', '*', 'GET', 'POST', 'GET,POST', 'GET,OPTIONS', 'OPTIONS');
const rule = fc.tuple(methods, pattern).map(([verbs, path]) => `user ${verbs} ${path}`);
const method = fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE', 'PROPFIND');

test('whatever rules there are, no request is decided by one that never decides', () => {
  const property = fc.property(
    fc.array(rule, { minLength: 2, maxLength: 6 }),
    fc.array(fc.tuple(method, fc.array(segment, { maxLength: 4 })), { minLength: 1, maxLength: 20 }),
    (written, requests) => {
      const rules = rulesOf(written.join('\n'));
      const shadowed = new Set<Rule | undefined>(shadowedRules(rules).map((one) => one.rule));
      const table = ruleTable(rules, { caseSensitive: true });
      for (const [verb, segments] of requests) {
        const selection = table.select(verb, pathOf(segments));
        equal(selection.kind === 'selected' && selection.chosen.some((one) => shadowed.has(one.rule)), false);
      }
    },
  );
  fc.assert(property, { numRuns: 500 });
});
