import { deepEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { housekeeping } from '../../lib/start/housekeeping.ts';

test('a great many sessions that ended together are put away between requests, not before them', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const swept: string[] = [];
  const befores: number[] = [];
  const full = { sessions: 20, refreshTokens: 20, audit: 20 };
  const sweeperOf = (name: keyof typeof full) => ({
    async sweep(before: number, limit: number) {
      swept.push(name);
      befores.push(before);
      full[name] -= 1;
      return full[name] > 0 ? limit : 0;
    },
  });
  const stores = {
    sessions: sweeperOf('sessions'),
    refreshTokens: sweeperOf('refreshTokens'),
    audit: sweeperOf('audit'),
  };
  const finished = Promise.withResolvers<void>();
  const keys = { rotateAfter: async () => finished.resolve() };
  const stop = housekeeping({ stores, auditRetention: 5000, keys, clock: () => 12_000, log });
  t.mock.timers.tick(60_000);
  const atEachTurn: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    await turn();
    atEachTurn.push(swept.length);
  }
  ok((atEachTurn[0] ?? 0) <= 2, `${atEachTurn[0]} of 60 before anybody else had a turn`);
  await finished.promise;
  stop();
  deepEqual(
    swept,
    ['sessions', 'refreshTokens', 'audit'].flatMap((name) => Array(20).fill(name)),
  );
  deepEqual(befores, [...Array(40).fill(12_000), ...Array(20).fill(7000)]);
});
