import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Mark, toldMessages } from '../../../lib/request/authenticate/told.ts';

const remembered = 20_000;

function memory(most?: number) {
  const time = { now: 0 };
  const told = toldMessages({ monotonic: () => time.now, remembered, ...(most !== undefined && { most }) });
  return { time, told };
}

const user = (version?: number, id = 'u_ada'): Mark => ({
  kind: 'user',
  id,
  ...(version !== undefined && { version }),
});

describe('what was told', () => {
  it('names a record after the message, not before it', () => {
    const { told } = memory();
    const before = told.count;
    told.receive({ kind: 'user', id: 'u_ada', version: 2 });
    equal(told.namedSince(['session:s1', 'user:u_ada'], before), true);
    equal(told.namedSince(['session:s1', 'user:u_ada'], told.count), false);
    equal(told.namedSince(['session:u_ada', 'user:u_bob'], before), false);
  });

  it('with "all" names every record, and keeps the versions', () => {
    const { told } = memory();
    told.receive({ kind: 'user', id: 'u_ada', version: 2 });
    const before = told.count;
    told.receive({ kind: 'all', id: '' });
    equal(told.namedSince([], before), true);
    equal(told.namedSince(['user:u_bob'], told.count), false);
    equal(told.isOutdated([user(1)]), true);
  });

  it('keeps the newest version, whatever the order of the messages, and those without one', () => {
    const { told } = memory();
    for (const version of [2, 5, 3, undefined]) {
      told.receive({ kind: 'user', id: 'u_ada', ...(version !== undefined && { version }) });
    }
    equal(told.isOutdated([user(4)]), true);
    equal(told.isOutdated([user(5)]), false);
    equal(told.isOutdated([user(undefined)]), false);
  });

  it('is forgotten when nothing older than it is believed any more', () => {
    const { time, told } = memory();
    told.receive({ kind: 'user', id: 'u_ada', version: 5 });
    time.now += remembered;
    told.receive({ kind: 'user', id: 'u_bob', version: 5 });
    equal(told.isOutdated([user(4)]), true);
    time.now += 1;
    told.receive({ kind: 'user', id: 'u_bob', version: 6 });
    equal(told.isOutdated([user(4)]), false);
  });

  it('is bounded: what was read before a forgotten message counts as named, and versions as outdated for a while', () => {
    const { time, told } = memory(2);
    const before = told.count;
    told.receive({ kind: 'user', id: 'u_ada', version: 5 });
    const after = told.count;
    told.receive({ kind: 'user', id: 'u_bob', version: 1 });
    equal(told.namedSince(['user:u_eve'], before), false);
    told.receive({ kind: 'user', id: 'u_cyd', version: 1 });
    equal(told.namedSince(['user:u_eve'], before), true);
    equal(told.namedSince(['user:u_eve'], after), false);
    equal(told.isOutdated([user(1, 'u_eve')]), true);
    time.now += remembered;
    equal(told.isOutdated([user(1, 'u_eve')]), false);
  });
});
