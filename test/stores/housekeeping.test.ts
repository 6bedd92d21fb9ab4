import { deepEqual, equal, ok } from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { housekeeping } from '../../lib/start/housekeeping.ts';
import { allKinds } from '../../lib/stores/records/kinds/index.ts';

const expiring = allKinds.filter((kind) => kind.expiry).map((kind) => kind.name);
const swept = ['sessions', ...expiring, 'audit', 'told'];

/** Housekeeping over stores in each of which as many full batches are left as `full` says; a sweep of `broken` rejects. */
function open(t: TestContext, full: number, broken?: string) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const calls: string[] = [];
  const befores: number[] = [];
  const warnings: object[] = [];
  const left = new Map(swept.map((name) => [name, full]));
  async function sweep(name: string, limit: number): Promise<number> {
    calls.push(name);
    if (name === broken) throw new Error('broken');
    const more = (left.get(name) ?? 0) - 1;
    left.set(name, more);
    return more > 0 ? limit : 0;
  }
  const timed = (name: string) => ({
    sweep(before: number, limit: number) {
      befores.push(before);
      return sweep(name, limit);
    },
  });
  const rounds = { begun: 0, ended: Promise.withResolvers<void>() };
  const nothing = () => undefined;
  const stop = housekeeping({
    stores: {
      sessions: timed('sessions'),
      audit: timed('audit'),
      records: { sweep: (kind, limit) => sweep(kind.name, limit) },
      sweep: (limit) => sweep('told', limit),
    },
    auditRetention: 5000,
    keys: {
      async rotateAfter() {
        rounds.begun += 1;
        rounds.ended.resolve();
      },
    },
    clock: () => 12_000,
    log: { debug: nothing, info: nothing, warn: (fields) => void warnings.push(fields), error: nothing },
  });
  t.after(stop);
  return { calls, befores, warnings, rounds, stop };
}

test('everything that expires is swept, with its time, and between batches requests have their turn', async (t) => {
  const { calls, befores, rounds } = open(t, 20);
  t.mock.timers.tick(60_000);
  let most = 0;
  for (let n = 0, before = 0; rounds.begun === 0 && n < 10_000; n += 1) {
    await turn();
    most = Math.max(most, calls.length - before);
    before = calls.length;
  }
  ok(most <= 2, `${most} batches within a turn`);
  deepEqual(
    calls,
    swept.flatMap((name) => Array(20).fill(name)),
  );
  deepEqual(befores, [...Array(20).fill(12_000), ...Array(20).fill(7000)]);
});

test('a store that fails keeps no other from being swept, and is logged', async (t) => {
  const { calls, warnings, rounds } = open(t, 1, 'sessions');
  t.mock.timers.tick(60_000);
  await rounds.ended.promise;
  deepEqual(calls, swept);
  deepEqual(
    warnings.map((one) => Reflect.get(one, 'what')),
    ['session'],
  );
});

test('a round that takes longer than a minute is not overtaken by the next one', async (t) => {
  const { calls, rounds } = open(t, 5);
  t.mock.timers.tick(60_000);
  t.mock.timers.tick(60_000);
  await rounds.ended.promise;
  equal(calls.length, 5 * swept.length);
  equal(rounds.begun, 1);
});

test('nothing more is swept once it was stopped', async (t) => {
  const { calls, stop } = open(t, 100);
  t.mock.timers.tick(60_000);
  await turn();
  stop();
  for (let n = 0; n < 300; n += 1) await turn();
  ok(calls.length <= 2, `${calls.length} sweeps`);
});
