import { equal } from 'node:assert/strict';
import { describe } from 'node:test';
import type { FactStore } from '../records/facts.ts';
import { atOnce, caseOf, type Open } from './cases.ts';

/** The contract of `FactStore`. */
export function describeFactStore(name: string, open: Open<FactStore>): void {
  const check = caseOf(open);
  describe(`${name} fact store`, () => {
    check('keeps a fact, and replaces it when told so', async (facts) => {
      equal(await facts.get('id'), undefined);
      await facts.put('id', 'ünïcode 😀');
      equal(await facts.get('id'), 'ünïcode 😀');
      await facts.put('id', '');
      equal(await facts.get('id'), '');
    });
    check('leaves a fact that is there as it is', async (facts) => {
      equal(await facts.putIfAbsent('id', 'one'), 'one');
      equal(await facts.putIfAbsent('id', 'two'), 'one');
      equal(await facts.get('id'), 'one');
    });
    check('tells 100 at once the same fact', async (facts) => {
      const answers = await atOnce(100, (n) => facts.putIfAbsent('id', `value ${n}`));
      equal(new Set(answers).size, 1);
      equal(await facts.get('id'), answers[0]);
    });
  });
}
