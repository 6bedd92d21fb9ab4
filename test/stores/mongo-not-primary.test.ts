import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { refusal, writes } from '../support/scripted-mongod.ts';
import { acknowledged, electAt, fails, openScripted, raise, untilDone, writingVerbs } from './mongo-scripted.ts';

const withAndWithout = [
  ['', 'with writes that the driver repeats'],
  ['&retryWrites=false', 'with writes that it does not repeat'],
] as const;

// The driver asks each server once a second what it is: side by side, so that they wait together.
for (const [options, how] of withAndWithout) {
  describe(`a replica set that fails over, ${how}`, { concurrency: true }, () => {
    for (const [what, verb] of writingVerbs) {
      test(`${what} is written at the new primary, and not at the old one`, async (t) => {
        const { set, records, first, second } = await openScripted(t, options);
        const before = acknowledged(first).length;
        set.elect(1);
        await untilDone(() => verb(records));
        equal(acknowledged(first).length, before);
        ok(acknowledged(second).length > 0);
      });
    }

    for (const when of ['before', 'after'] as const) {
      test(`a change is made once and known to the new primary when the connection closes ${when} it`, async (t) => {
        const { set, records, first, second } = await openScripted(t, options);
        const before = acknowledged(first).length;
        electAt(set, 'findAndModify', when === 'after');
        const isOutage = await fails(raise(records));
        equal(acknowledged(first).length, before);
        if (!isOutage) ok(acknowledged(second).length > 0);
        const user = await untilDone(() => records.get(userKind, 'u_ada'));
        ok(user?.epoch === 1 || (isOutage && user?.epoch === 0), `the epoch is ${user?.epoch}`);
      });
    }

    test('a read is made at the new primary', async (t) => {
      const { set, records, second } = await openScripted(t, options);
      set.elect(1);
      equal((await untilDone(() => records.get(userKind, 'u_ada')))?.id, 'u_ada');
      equal(second.commands.at(-1)?.name, 'find');
    });
  });
}

/** What servers answer to a write that they do not make, though they greet as the primary. */
const refusals: [codeName: string, code: number][] = [
  ['NotWritablePrimary', 10107],
  ['PrimarySteppedDown', 189],
  ['InterruptedDueToReplStateChange', 11602],
  ['NotPrimaryOrSecondary', 13436],
  ['ShutdownInProgress', 91],
  ['OutOfDiskSpace', 14031],
];

describe('a primary that does not write', { concurrency: true }, () => {
  for (const [codeName, code] of refusals) {
    test(`every write that is refused with ${codeName} is an outage, and reads go on`, async (t) => {
      const { stores, records, first } = await openScripted(t);
      const before = acknowledged(first).length;
      first.script = (name, command) => (writes.includes(name) ? refusal(code, codeName, command) : undefined);
      const outages = await Promise.all(writingVerbs.map(async ([what, verb]) => [what, await fails(verb(records))]));
      deepEqual(
        outages,
        writingVerbs.map(([what]) => [what, true]),
      );
      equal(acknowledged(first).length, before);
      equal((await untilDone(() => records.get(userKind, 'u_ada')))?.epoch, 0);
      await untilDone(async () => {
        const [health] = await stores.health();
        deepEqual([health?.ok, health?.problem === undefined], [false, false]);
      });
      first.script = () => undefined;
      await untilDone(() => raise(records));
      equal((await records.get(userKind, 'u_ada'))?.epoch, 1);
    });
  }

  test('while there is no primary every verb is an outage, nothing is written, and it is not ready', async (t) => {
    const { set, stores, records, first, second } = await openScripted(t);
    const before = acknowledged(first).length;
    set.elect(undefined);
    const outages = await Promise.all(writingVerbs.map(([, verb]) => fails(verb(records))));
    deepEqual([...new Set(outages)], [true]);
    equal(await fails(records.get(userKind, 'u_ada')), true);
    const [health] = await stores.health();
    equal(health?.ok, false);
    deepEqual([acknowledged(first).length, acknowledged(second).length], [before, 0]);
    set.elect(1);
    await untilDone(() => raise(records));
    equal((await records.get(userKind, 'u_ada'))?.epoch, 1);
  });
});
