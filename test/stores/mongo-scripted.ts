import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { type UserRecord, userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Decide, Records } from '../../lib/stores/records/records.ts';
import { someEnded, someUser } from '../../lib/stores/suites/record-samples.ts';
import { type Member, type ScriptedSet, scriptedSet, writes } from '../support/scripted-mongod.ts';

/** A scripted set of two members, the stores on it, and a user with an ended session in them. */
export async function openScripted(t: TestContext, options = '') {
  const set = await scriptedSet(t, 2);
  const stores = await openMongo({ url: set.url(options) });
  t.after(() => stores.close());
  await stores.records.add(userKind, someUser('ada'));
  await stores.records.add(endedSessionKind, { ...someEnded('s1', 9), userId: 'u_ada' });
  const [first, second] = set.members;
  if (first === undefined || second === undefined) throw new Error('the set has two members');
  return { set, stores, records: stores.records, first, second };
}

const raised: Decide<UserRecord, string> = (user) =>
  user === undefined
    ? { kind: 'keep', answer: 'missing' }
    : { kind: 'put', record: { ...user, epoch: user.epoch + 1 }, answer: 'raised' };

export const raise = (records: Records) => records.change(userKind, 'u_ada', raised);

/** The verbs whose writes must not be lost once they are acknowledged. */
export const writingVerbs: readonly (readonly [what: string, verb: (records: Records) => Promise<unknown>])[] = [
  ['a new record', (records) => records.add(userKind, someUser('new'))],
  ['many new records', (records) => records.addMany(userKind, [someUser('one'), someUser('two')])],
  ['a change', raise],
  ['a change by key', (records) => records.put(userKind, 'name', 'ada', raised)],
  ['a removal', (records) => records.change(userKind, 'u_ada', () => ({ kind: 'remove', answer: 'removed' }))],
  ['a removal of all', (records) => records.removeAll(endedSessionKind, 'u_ada')],
];

export const isOutage = (error: unknown): boolean =>
  error instanceof StoreUnavailableError && error.store === 'mongodb';

/** The writes that a member acknowledged as made by a majority. */
export const acknowledged = ({ commands }: Member) =>
  commands.filter(({ name, reply }) => writes.includes(name) && reply?.ok === 1 && !('writeConcernError' in reply));

/** Repeats work until it succeeds; every failure before is an outage. */
export async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + 60_000; ; await wait(20)) {
    try {
      return await work();
    } catch (error) {
      if (!isOutage(error) || Date.now() > end) throw error;
    }
  }
}

/** Whether a call is an outage; false when it succeeds. */
export const fails = (call: Promise<unknown>): Promise<boolean> => call.then(() => false, isOutage);

/** Moves the role when the first write of this name comes, before anything is done with it. */
export function electAt(set: ScriptedSet, name: string, executed: boolean): void {
  const [first] = set.members;
  if (first === undefined) return;
  first.script = (command) => {
    if (command !== name) return undefined;
    first.script = () => undefined;
    set.elect(1);
    return { kind: 'close', executed };
  };
}
