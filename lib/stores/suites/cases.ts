import { deepEqual } from 'node:assert/strict';
import { it } from 'node:test';

/** Opens an empty store. Every case opens and closes its own. */
export type Open<S> = () => Promise<{ readonly store: S; close(): Promise<void> }>;

/** Returns a function that runs a case on a store of its own. */
export function caseOf<S>(open: Open<S>) {
  return (sentence: string, body: (store: S) => Promise<void>): void => {
    it(sentence, async () => {
      const { store, close } = await open();
      try {
        await body(store);
      } finally {
        await close();
      }
    });
  };
}

/** Compares records; an absent field equals an undefined one. */
export function same(actual: unknown, expected: unknown): void {
  deepEqual(withoutAbsent(actual), withoutAbsent(expected));
}

function withoutAbsent(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** Makes as many calls concurrently; returns their results. */
export function atOnce<T>(times: number, call: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => call(index)));
}

/** Counts equal answers. */
export function tally(answers: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[String(answer)] = (counts[String(answer)] ?? 0) + 1;
  return counts;
}

/** Reads every page of a list. */
export async function allPages<T>(
  list: (after: string | undefined) => Promise<{ items: readonly T[]; next?: string | undefined }>,
): Promise<T[][]> {
  const pages: T[][] = [];
  let after: string | undefined;
  do {
    const page = await list(after);
    pages.push([...page.items]);
    after = page.next;
  } while (after !== undefined && pages.length < 1000);
  return pages;
}
