import { factKind } from './kinds/fact.ts';
import type { Records } from './records.ts';

/** Named values of the whole installation, such as its id and the check value of `SECRET_KEY`. */
export interface FactStore {
  get(name: string): Promise<string | undefined>;
  /** Writes the value if there is none; returns the stored one. */
  putIfAbsent(name: string, value: string): Promise<string>;
  put(name: string, value: string): Promise<void>;
}

/** The facts among the records. */
export function factsIn(records: Pick<Records, 'get' | 'change'>): FactStore {
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
