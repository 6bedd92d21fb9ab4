import test from 'node:test';
import fc from 'fast-check';
import { decideRules, isPublic } from '../../../lib/request/authorize/decide.ts';
import { ruleTable } from '../../../lib/request/authorize/match.ts';
import type { Principal } from '../../../lib/types.ts';
import { principal, roles, rulesOf } from './known.ts';
import { permits, reader, target } from './readers.ts';

const segment = fc.constantFrom(
  'admin',
  'Admin',
  'public',
  'home',
  'alice',
  'secret',
  'a',
  'wiki',
  '*',
  ':self',
  'keys',
);
const pattern = fc.tuple(fc.array(segment, { maxLength: 3 }), fc.boolean()).map(([segments, open]) => {
  const once = segments.filter((one, at) => one !== ':self' || segments.indexOf(one) === at);
  return `/${[...once, ...(open ? ['**'] : [])].join('/')}`;
});
const rule = fc
  .tuple(fc.constantFrom('public', 'viewer', 'user', 'operator', 'admin'), fc.constantFrom('read', '*', 'GET'), pattern)
  .map(([role, methods, path]) => `${role === 'public' && path.includes(':self') ? 'user' : role} ${methods} ${path}`);
/** Most rule sets end in one that opens the rest: there a reading that is missed does harm. */
const rest = fc.constantFrom('', 'public read /**', 'viewer * /**');
const ruleText = fc
  .tuple(fc.array(rule, { minLength: 1, maxLength: 4 }), rest)
  .map(([lines, last]) => [...lines, last].join('\n'));

const askers: readonly Principal[] = [
  principal('anony'),
  principal('viewer', 'bob'),
  principal('user', 'alice'),
  principal('user', 'Alice'),
  principal('operator', 'alice', { kind: 'client', id: 'client:alice' }),
  principal('operator', 'bob'),
];

const runs = { numRuns: 20_000 };

test('what is allowed, every lenient reader of the same bytes would have allowed', () => {
  fc.assert(
    fc.property(ruleText, target, reader, fc.constantFrom(...askers), (text, bytes, service, who) => {
      const rules = rulesOf(text);
      const verdict = decideRules(ruleTable(rules).select('GET', bytes), {
        principal: who,
        address: '',
        ladder: roles,
      });
      return !verdict.allow || permits(rules, service.read(bytes), service.folds, who);
    }),
    runs,
  );
});

test('what is public, every lenient reader of the same bytes would call public', () => {
  fc.assert(
    fc.property(ruleText, target, reader, (text, bytes, service) => {
      const rules = rulesOf(text);
      if (!isPublic(ruleTable(rules).select('GET', bytes))) return true;
      return permits(rules, service.read(bytes), service.folds, principal('anony'));
    }),
    runs,
  );
});

test('a service that tells upper from lower case is judged alike where the rules say so', () => {
  fc.assert(
    fc.property(ruleText, target, reader, fc.constantFrom(...askers), (text, bytes, service, who) => {
      fc.pre(!service.folds);
      const rules = rulesOf(text);
      const table = ruleTable(rules, { caseSensitive: true });
      const verdict = decideRules(table.select('GET', bytes), { principal: who, address: '', ladder: roles });
      return !verdict.allow || permits(rules, service.read(bytes), false, who);
    }),
    runs,
  );
});

test('allowed encoded slashes are judged as data and as separators', () => {
  fc.assert(
    fc.property(ruleText, target, reader, fc.constantFrom(...askers), (text, bytes, service, who) => {
      const rules = rulesOf(text);
      const table = ruleTable(rules, { encodedSlashes: 'judge' });
      const verdict = decideRules(table.select('GET', bytes), { principal: who, address: '', ladder: roles });
      return !verdict.allow || permits(rules, service.read(bytes), service.folds, who);
    }),
    runs,
  );
});

test('nothing that a client sends makes the judging throw, and generated paths are not all refused', () => {
  let judged = 0;
  fc.assert(
    fc.property(ruleText, fc.oneof(target, fc.string(), fc.webUrl()), fc.string(), (text, bytes, method) => {
      if (ruleTable(rulesOf(text)).select(method, bytes).kind === 'selected') judged += 1;
    }),
    { numRuns: 2_000 },
  );
  if (judged < 500) throw new Error(`only ${judged} of 2,000 paths were judged`);
});
