import { type SigningKeyRecord, signingKeyKind } from '../../stores/records/kinds/signing-key.ts';
import type { Records } from '../../stores/records/records.ts';
import { differs } from '../outcome.ts';
import type { Rule } from '../rule.ts';
import type { Sealing } from '../sealing.ts';

type Placed = Pick<SigningKeyRecord, 'id' | 'place'>;

const newestFirst = (one: Placed, other: Placed) => other.place - one.place;

/** By how much the places of the stored keys must go up, so that `count` places below them are free. */
export function raiseFor(count: number, stored: readonly Placed[]): number {
  const lowest = Math.min(...stored.map(({ place }) => place));
  return Math.max(0, count - lowest);
}

/** Gives keys the places below `lowest`, in the order that they have among themselves. */
export function placedBelow<K extends Placed>(lowest: number, keys: readonly K[]): K[] {
  const order = [...keys].sort(newestFirst).map(({ id }) => id);
  return keys.map((key) => ({ ...key, place: lowest - 1 - order.indexOf(key.id) }));
}

/** Keys of another installation verify only: they come in as older than those that are there, and the newest goes on signing. */
export function keyRule(records: Records, sealing: Sealing, replace: boolean): Rule<SigningKeyRecord> {
  async function raise(keys: readonly Placed[], by: number): Promise<void> {
    for (const { id, place } of [...keys].sort(newestFirst)) {
      await records.change(signingKeyKind, id, (key) =>
        key === undefined
          ? { kind: 'keep', answer: undefined }
          : { kind: 'put', record: { ...key, place: place + by }, answer: undefined },
      );
    }
  }

  async function prepare(missing: readonly SigningKeyRecord[], all: readonly SigningKeyRecord[]) {
    const stored = (await records.list(signingKeyKind, { limit: 1000 })).items;
    const ofTheFile = new Set(all.map(({ id }) => id));
    if (stored.every(({ id }) => ofTheFile.has(id))) return missing;
    const by = raiseFor(missing.length, stored);
    if (by > 0) await raise(stored, by);
    return placedBelow(Math.min(...stored.map(({ place }) => place)) + by, missing);
  }

  return {
    problemOf: (key) => sealing.problemOfKey(key),
    insignificant: ['place'],
    prepare,
    merged: (given, there) => (replace ? { ...given, place: there.place } : differs),
  };
}
