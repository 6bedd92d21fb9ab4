import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  claimed,
  hasUseLeft,
  mayInviteFor,
  overdueUsers,
  released,
  roleGiven,
  settled,
  withdrawn,
} from '../../lib/accounts/invitation-rules.ts';
import { ladder } from '../../lib/request/authorize/roles.ts';
import type { InvitationRecord } from '../../lib/stores/records/kinds/invitation.ts';
import type { Decide } from '../../lib/stores/records/records.ts';
import { roles } from './open.ts';

const minute = 60_000;
const start = 1_000_000;
const nobody: ReadonlySet<string> = new Set();

const invitation = (more: Partial<InvitationRecord> = {}): InvitationRecord => ({
  id: 'i_1',
  hash: 'h',
  role: 'user',
  uses: 1,
  usedBy: [],
  createdAt: 0,
  expiresAt: start + 100 * minute,
  ...more,
});

/** The record after a decision, the same object when nothing is written, and the answer. */
function decide<A>(rule: Decide<InvitationRecord, A>, record: InvitationRecord | undefined, now = start) {
  const change = rule(record && { ...record, version: 1 }, now);
  return { answer: change.answer, usedBy: change.kind === 'put' ? change.record.usedBy : undefined, kind: change.kind };
}

describe('a use', () => {
  const full = invitation({ usedBy: [{ userId: 'u_a', at: start }] });
  const done = invitation({ usedBy: [{ userId: 'u_a', at: start, done: true }] });
  const gone = new Set(['u_a']);

  const cases: [title: string, record: InvitationRecord, later: number, gone: ReadonlySet<string>, left: boolean][] = [
    ['of one that nobody used is left', invitation(), 0, nobody, true],
    ['that another claims at this moment is not', full, 0, gone, false],
    ['without a user is kept for just under a minute', full, minute - 1, gone, false],
    ['without a user is left after a minute', full, minute, gone, true],
    ['without a user is left when the clock was set back by a minute', full, -minute, gone, true],
    ['whose user is there is not left, however late it is', full, 50 * minute, nobody, false],
    ['that is done is not left, even if the user is not there', done, 50 * minute, gone, false],
    ['of an invitation that has expired is not left', invitation(), 100 * minute, nobody, false],
    ['of an invitation that was withdrawn is not left', invitation({ endedAt: start }), 0, nobody, false],
  ];
  for (const [title, record, later, absent, left] of cases) {
    it(title, () => {
      const now = start + later;
      equal(hasUseLeft(record, absent, now), left);
      const { answer, usedBy } = decide(claimed('u_b', absent), record, now);
      deepEqual([answer, usedBy], left ? [now, [{ userId: 'u_b', at: now }]] : [undefined, undefined]);
    });
  }

  it('is asked after only when it may be free again', () => {
    const at = start;
    const usedBy = [
      { userId: 'u_a', at },
      { userId: 'u_b', at: at + minute },
      { userId: 'u_c', at, done: true } as const,
    ];
    deepEqual(overdueUsers(invitation({ uses: 3, usedBy }), start + minute), ['u_a']);
  });

  it('is given up by who claimed it, unless it is done', () => {
    deepEqual(decide(released('u_a'), full).usedBy, []);
    equal(decide(released('u_a'), done).kind, 'keep');
    equal(decide(released('u_b'), full).kind, 'keep');
    equal(decide(released('u_a'), undefined).kind, 'keep');
  });

  it('is settled once, and not when it was free again meanwhile', () => {
    deepEqual(decide(settled('u_a'), full), { answer: true, usedBy: done.usedBy, kind: 'put' });
    deepEqual(decide(settled('u_a'), done), { answer: true, usedBy: undefined, kind: 'keep' });
    equal(decide(settled('u_b'), full).answer, false);
    equal(decide(settled('u_b'), undefined).answer, true);
  });
});

it('withdrawing an invitation again changes nothing', () => {
  equal(decide(withdrawn, invitation()).answer, true);
  deepEqual([decide(withdrawn, invitation({ endedAt: 1 })).kind, decide(withdrawn, undefined).kind], ['keep', 'keep']);
});

describe('who may invite for which role', () => {
  const long = ladder('anony,guest=viewer,member=user,clerk,lead=operator,chief,admin');
  const cases: [own: string, upTo: string | undefined][] = [
    ['anony', undefined],
    ['guest', undefined],
    ['clerk', undefined],
    ['lead', 'clerk'],
    ['chief', 'lead'],
    ['admin', 'admin'],
    ['forgotten', undefined],
  ];
  for (const [own, upTo] of cases) {
    it(`${own}: ${upTo === undefined ? 'for none' : `up to ${upTo}`}`, () => {
      const may = long.names.filter((role) => mayInviteFor(long, role, own));
      deepEqual(may, upTo === undefined ? [] : long.names.slice(0, long.position(upTo) + 1));
      for (const role of long.names) {
        equal(roleGiven(long, role, own), upTo === undefined ? undefined : long.lower(role, upTo));
      }
    });
  }

  it('a role that the ladder has forgotten gives the lowest one', () => {
    equal(roleGiven(roles, 'forgotten', 'admin'), 'anony');
  });
});
