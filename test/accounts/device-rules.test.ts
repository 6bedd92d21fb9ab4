import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { approved, denied, grantLifetime, polled, pollInterval, seen } from '../../lib/accounts/devices/rules.ts';
import type { DeviceGrantRecord } from '../../lib/stores/records/kinds/device-grant.ts';

const begun = 1_000_000_000_000;
const end = begun + grantLifetime;

const grant = (more: Partial<DeviceGrantRecord> = {}) => ({
  id: 'g',
  userCodeHash: 'h',
  clientId: 'gatewarden',
  address: '192.0.2.7',
  createdAt: begun,
  expiresAt: end,
  interval: pollInterval,
  version: 1,
  ...more,
});

const byAda = { userId: 'ada', epoch: 3, typed: true };
const approval = { ...byAda, at: begun + 5 };

type Decision = typeof seen;
/** `keep void`, `put done`, and whether that is new. */
function outcomeOf(rule: Decision, record: ReturnType<typeof grant> | undefined, at: number): string {
  const { kind, answer } = rule(record, at);
  return `${kind} ${answer.kind}${answer.kind === 'done' && answer.isNew ? ', new' : ''}`;
}

const decisions: readonly (readonly [string, Decision, Partial<DeviceGrantRecord> | undefined, number, string])[] = [
  ['a waiting one is seen', seen, {}, 1, 'keep done'],
  ['one that does not exist is not', seen, undefined, 1, 'keep void'],
  ['an expired one is not', seen, {}, grantLifetime, 'keep void'],
  ['a denied one is not', seen, { denied: true }, 1, 'keep void'],
  ['an approved one is not', seen, { approval }, 6, 'keep void'],
  ['a waiting one is approved', approved(byAda), {}, 1, 'put done, new'],
  ['until its last millisecond', approved(byAda), {}, grantLifetime - 1, 'put done, new'],
  ['an expired one is not approved', approved(byAda), {}, grantLifetime, 'keep void'],
  ['one that does not exist is not approved', approved(byAda), undefined, 1, 'keep void'],
  ['a denied one is not approved', approved(byAda), { denied: true }, 1, 'keep void'],
  ['a second approval by the same person changes nothing', approved(byAda), { approval }, 9, 'keep done'],
  ['unless their epoch was raised', approved({ ...byAda, epoch: 4 }), { approval }, 9, 'put done, new'],
  [
    'another person approves none that is approved',
    approved({ ...byAda, userId: 'bob' }),
    { approval },
    9,
    'keep void',
  ],
  ['a waiting one is denied', denied('ada'), {}, 1, 'put done, new'],
  ['a denied one is denied again', denied('bob'), { denied: true }, 1, 'keep done'],
  ['its approver denies it after all', denied('ada'), { approval }, 9, 'put done, new'],
  ['another person does not', denied('bob'), { approval }, 9, 'keep void'],
  ['an expired one is not denied', denied('ada'), {}, grantLifetime, 'keep void'],
  ['one that does not exist is not denied', denied('ada'), undefined, 1, 'keep void'],
];

describe('the decision on a device', () => {
  for (const [title, rule, record, after, outcome] of decisions) {
    it(title, () => equal(outcomeOf(rule, record && grant(record), begun + after), outcome));
  }

  it('keeps who approved, at which epoch, when, and whether they typed their password', () => {
    const change = approved(byAda)(grant(), begun + 5);
    deepEqual(change.kind === 'put' && change.record.approval, approval);
  });

  it('that denies takes the approval away', () => {
    const change = denied('ada')(grant({ approval }), begun + 9);
    deepEqual(change.kind === 'put' && [change.record.approval, change.record.denied], [undefined, true]);
  });
});

const poll = polled('gatewarden');
const longest = 60_000;

const polls: readonly (readonly [string, Partial<DeviceGrantRecord> | undefined, number, string])[] = [
  ['the first poll, at once', {}, 0, 'put pending'],
  ['the next, when the interval is over', { polledAt: begun }, pollInterval, 'put pending'],
  ['a tenth of a second too early, which the network explains', { polledAt: begun }, pollInterval - 100, 'put pending'],
  ['much too early', { polledAt: begun }, 1_000, 'put early'],
  ['a clock that was set back', { polledAt: begun + 9_000 }, 1_000, 'put early'],
  ['too early at the longest interval', { polledAt: begun, interval: longest }, 1_000, 'keep early'],
  ['a clock set back at the longest interval', { polledAt: begun + 9_000, interval: longest }, 1_000, 'put early'],
  ['expired', {}, grantLifetime, 'keep expired'],
  ['expired, though approved', { approval }, grantLifetime, 'keep expired'],
  ['denied', { denied: true }, 1, 'remove denied'],
  ['approved', { approval }, 6, 'remove approved'],
  ['approved, however early the poll', { approval, polledAt: begun + 5 }, 6, 'remove approved'],
  ['there is none', undefined, 1, 'keep unknown'],
  ['it belongs to another client', { clientId: 'ci', approval }, 6, 'keep unknown'],
];

describe('a poll', () => {
  for (const [title, record, after, outcome] of polls) {
    it(`${title}: ${outcome}`, () => {
      const change = poll(record && grant(record), begun + after);
      equal(`${change.kind} ${change.answer.kind}`, outcome);
    });
  }

  it('that is too early lengthens the interval by five seconds, up to a minute', () => {
    const intervals = [pollInterval];
    let record = grant({ polledAt: begun });
    for (let at = begun + 1; at < begun + 100; at += 1) {
      const change = poll(record, at);
      if (change.kind !== 'put') break;
      record = { ...change.record, version: 1 };
      intervals.push(record.interval);
    }
    deepEqual(
      intervals,
      [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60].map((seconds) => seconds * 1000),
    );
  });

  it('gets the request as it was, with its approval', () => {
    const { answer } = poll(grant({ approval, scopes: ['gatewarden:read'] }), begun + 6);
    const { version: _, ...record } = grant({ approval, scopes: ['gatewarden:read'] });
    deepEqual(answer, { kind: 'approved', grant: record, approval });
  });
});
