import { deepEqual, equal } from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { figureKeeper } from '../../lib/figures/index.ts';
import { figureKind } from '../../lib/stores/records/kinds/figure.ts';
import type { Records } from '../../lib/stores/records/records.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';

const hour = 3_600_000;
const day = 24 * hour;
const morning = Date.UTC(2026, 10, 22, 6, 40);
const rule = { text: 'viewer read /**' };
const route = { name: 'wiki.example' };

/** Keepers, each one an instance, over one store, with a clock that a test sets. */
async function opened(t: TestContext, more: { sessions?: () => Promise<number>; change?: Records['change'] } = {}) {
  const stores = await openSqlite({ memory: true });
  t.after(() => stores.close());
  const time = { now: morning };
  const warnings: string[] = [];
  const nothing = () => undefined;
  const records: Records = { ...stores.records, ...(more.change && { change: more.change }) };
  const keeper = () =>
    figureKeeper({
      ...{ records, clock: () => time.now, retention: 400 * day, countSessions: more.sessions ?? (async () => 0) },
      log: { debug: nothing, info: nothing, warn: (_, message) => void warnings.push(message ?? ''), error: nothing },
    });
  return { keeper, time, warnings, records: stores.records };
}

const last = <T>(all: readonly T[]): T => all[all.length - 1] as T;

test('the figures of two instances are added up', async (t) => {
  const { keeper } = await opened(t);
  const [one, other] = [keeper(), keeper()];
  for (const instance of [one, other]) {
    instance.happened('signIns');
    instance.refused('csrf_rejected');
    instance.decided(route, rule, true);
    await instance.flush();
  }
  const { periods, rules } = await one.figures.over('24h');
  equal(periods.length, 24);
  const { signIns, refusals } = last(periods);
  deepEqual({ signIns, refusals }, { signIns: 2, refusals: [{ code: 'csrf_rejected', count: 2 }] });
  deepEqual(rules, [{ route: 'wiki.example', rule: 'viewer read /**', passed: 2, refused: 0 }]);
});

test('what is not stored yet is shown by the instance that counted it, and counted once', async (t) => {
  const { keeper } = await opened(t);
  const [one, other] = [keeper(), keeper()];
  one.happened('failures');
  const shown = async () => {
    const histories = await Promise.all([one, other].map(({ figures }) => figures.over('30d')));
    return histories.map(({ periods }) => last(periods).failures);
  };
  deepEqual(await shown(), [1, 0]);
  await one.flush();
  deepEqual(await shown(), [1, 1]);
});

test('hours, quarters of a day and days each begin where they begin in UTC', async (t) => {
  const { keeper, time } = await opened(t);
  const one = keeper();
  const beginnings = {
    '24h': Date.UTC(2026, 10, 21, 7),
    '7d': Date.UTC(2026, 10, 15, 12),
    '30d': Date.UTC(2026, 9, 24),
  };
  for (const [span, at] of Object.entries(beginnings)) {
    time.now = at - 1;
    one.happened('tokens');
    await one.flush();
    time.now = at;
    one.happened('signIns');
    await one.flush();
    time.now = morning;
    one.happened('failures');
    await one.flush();
    const { periods } = await one.figures.over(span as '24h');
    const sum = (field: 'signIns' | 'tokens') => periods.reduce((all, period) => all + period[field], 0);
    equal(periods[0]?.at, at, span);
    equal(periods[0]?.signIns, 1, span);
    equal(sum('signIns'), span === '24h' ? 1 : span === '7d' ? 2 : 3, span);
    equal(sum('tokens'), span === '24h' ? 0 : span === '7d' ? 1 : 2, span);
    equal(last(periods).until > morning, true);
  }
});

test('what the store does not take is kept, and added once it answers', async (t) => {
  const refusing: Record<string, boolean> = { h: true, q: true, d: true };
  const real = await opened(t);
  const { keeper, warnings } = await opened(t, {
    async change(kind, id, decide) {
      if (refusing[id.slice(0, 1)]) throw new StoreUnavailableError('sqlite');
      return real.records.change(kind, id, decide);
    },
  });
  const one = keeper();
  one.happened('signIns');
  await one.flush();
  refusing.h = false;
  refusing.q = false;
  one.happened('signIns');
  await one.flush();
  one.happened('signIns');
  refusing.d = false;
  await one.flush();
  await one.flush();
  equal(warnings.length, 2);
  const stored = await real.records.list(figureKind, { limit: 10 });
  deepEqual(
    stored.items.map(({ id, signIns }) => [id, signIns]),
    [
      ['d2026-11-22T00', 3],
      ['h2026-11-22T06', 3],
      ['q2026-11-22T06', 3],
    ],
  );
});

test('sessions are counted at the first storing and at each tenth, and the most of them are kept', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const asked: number[] = [];
  const { keeper, records } = await opened(t, {
    async sessions() {
      asked.push(asked.length);
      if (asked.length === 3) throw new StoreUnavailableError('redis');
      return asked.length === 1 ? 7 : 3;
    },
  });
  const one = keeper();
  one.start();
  for (let n = 0; n < 30; n += 1) {
    t.mock.timers.tick(30_000);
    for (let at = 0; at < 20; at += 1) await turn();
  }
  equal(asked.length, 3);
  equal((await records.get(figureKind, 'h2026-11-22T06'))?.sessions, 7);
  await one.close();
});

test('nothing is written where nothing was counted, and the last counts are written at the end', async (t) => {
  const { keeper, records } = await opened(t);
  const one = keeper();
  await one.flush();
  equal((await records.list(figureKind, { limit: 10 })).items.length, 0);
  one.happened('signIns');
  await one.close();
  equal((await records.get(figureKind, 'd2026-11-22T00'))?.signIns, 1);
});

test('a store that hangs does not keep the process from ending', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { keeper } = await opened(t, { change: () => new Promise(() => undefined) });
  const one = keeper();
  one.happened('signIns');
  const closed = one.close();
  await turn();
  t.mock.timers.tick(2000);
  await closed;
});

test('hours and quarters are kept a little longer than they are shown, days as long as the audit log', async (t) => {
  const { keeper, records } = await opened(t);
  const one = keeper();
  one.happened('signIns');
  await one.flush();
  const [ofDay, ofHour, ofQuarter] = (await records.list(figureKind, { limit: 10 })).items;
  equal(ofHour?.expiresAt, Date.UTC(2026, 10, 22, 7) + 2 * day);
  equal(ofQuarter?.expiresAt, Date.UTC(2026, 10, 22, 12) + 9 * day);
  equal(ofDay?.expiresAt, Date.UTC(2026, 10, 23) + 400 * day);
});
