import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { anEvent } from '../../lib/stores/suites/records.ts';
import { type Scripted, writes } from '../support/scripted-mongod.ts';
import { acknowledged, fails, openScripted, raise, untilDone, writingVerbs } from './mongo-scripted.ts';

/** Written at the primary, and not known to be at a majority. */
const notByMajority = (code: number, codeName: string, errorLabels: readonly string[] = []): Scripted => ({
  kind: 'add',
  fields: { errorLabels, writeConcernError: { code, codeName, errmsg: codeName, errInfo: { wtimeout: true } } },
});

const isMajority = (concern: unknown): boolean =>
  typeof concern === 'object' &&
  concern !== null &&
  'w' in concern &&
  concern.w === 'majority' &&
  'j' in concern &&
  concern.j === true;

/** Without a preference the primary reads. */
const isStale = (preference: unknown): boolean =>
  typeof preference === 'object' && preference !== null && 'mode' in preference && preference.mode !== 'primary';

describe('a write that no majority has confirmed', { concurrency: true }, () => {
  for (const [codeName, code] of [
    ['WriteConcernFailed', 64],
    ['UnsatisfiableWriteConcern', 100],
  ] as const) {
    for (const [what, verb] of writingVerbs) {
      test(`${what} is not acknowledged after ${codeName}`, async (t) => {
        const { records, first } = await openScripted(t);
        first.script = (name) => (writes.includes(name) ? notByMajority(code, codeName) : undefined);
        equal(await fails(verb(records)), true);
        first.script = () => undefined;
        await untilDone(() => raise(records).catch(() => undefined));
      });
    }
  }

  test('one that may be repeated is acknowledged only once a majority has confirmed it', async (t) => {
    const { records, first } = await openScripted(t);
    const before = acknowledged(first).length;
    let refusals = 0;
    first.script = (name) => {
      if (!writes.includes(name) || refusals === 3) return undefined;
      refusals += 1;
      return notByMajority(91, 'ShutdownInProgress', ['RetryableWriteError']);
    };
    await untilDone(() => raise(records));
    equal(refusals, 3);
    ok(acknowledged(first).length > before);
    ok(((await records.get(userKind, 'u_ada'))?.epoch ?? 0) >= 1);
  });
});

test('a former primary that does not know of the new one acknowledges nothing, and is left for the new one', async (t) => {
  const { set, records, first, second } = await openScripted(t);
  const before = acknowledged(first).length;
  first.script = (name) => (writes.includes(name) ? notByMajority(64, 'WriteConcernFailed') : undefined);
  set.electBehind(1);
  await untilDone(() => raise(records));
  equal(acknowledged(first).length, before);
  ok(acknowledged(second).length > 0);
  const asked = first.commands.length;
  for (let reads = 0; reads < 20; reads += 1) await records.get(userKind, 'u_ada');
  equal(first.commands.length, asked);
});

const weak = '&w=1&wtimeoutMS=5000&readPreference=secondaryPreferred&readConcernLevel=available';

describe('a URL that asks for weak writes and stale reads', () => {
  for (const unsafe of ['journal', 'j', 'fsync']) {
    test(`changes none of the writes: each is acknowledged by a majority, on disk, against ${unsafe}=false`, async (t) => {
      const { stores, records, first } = await openScripted(t, `${weak}&${unsafe}=false`);
      for (const [, verb] of writingVerbs) await verb(records);
      await stores.audit.append([anEvent(1)]);
      const sent = first.commands.filter(({ name }) => writes.includes(name) && name !== 'createIndexes');
      ok(sent.length > writingVerbs.length);
      deepEqual(
        sent.map(({ name, command }) => [name, command.writeConcern]).filter(([, concern]) => !isMajority(concern)),
        [],
      );
    });
  }

  test('leads no read to a secondary', async (t) => {
    const { stores, records, first, second } = await openScripted(t, weak);
    await records.get(userKind, 'u_ada');
    await records.getMany(userKind, ['u_ada']);
    await records.byKey(userKind, 'name', 'ada');
    await records.list(userKind, { limit: 10 });
    await stores.health();
    const reads = first.commands.filter(({ name }) => name === 'find');
    ok(reads.length >= 4);
    deepEqual(reads.map(({ command }) => command.$readPreference).filter(isStale), []);
    deepEqual(
      second.commands.map(({ name }) => name),
      [],
    );
  });
});
