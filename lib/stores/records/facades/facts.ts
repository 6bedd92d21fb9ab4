import type { FactStore } from '../facts.ts';
import { factKind } from '../kinds/fact.ts';
import type { Records } from '../records.ts';

/** The facts of before, over records. */
export function factStoreOver(records: Records): FactStore {
  return {
    get: async (name) => (await records.get(factKind, name))?.value,
    async putIfAbsent(name, value) {
      const done = await records.change(factKind, name, (fact) =>
        fact === undefined
          ? { kind: 'put', record: { id: name, value }, answer: value }
          : { kind: 'keep', answer: fact.value },
      );
      return done.kind === 'done' ? done.answer : value;
    },
    async put(name, value) {
      await records.change(factKind, name, () => ({ kind: 'put', record: { id: name, value }, answer: undefined }));
    },
  };
}
