import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { keptOf } from '../../lib/audit/quotas.ts';
import { auditWriter, type WriterLimits } from '../../lib/audit/writer.ts';
import { StoreUnavailableError } from '../../lib/errors.ts';
import type { AuditRecord } from '../../lib/stores/audit.ts';
import { anEvent } from '../../lib/stores/suites/records.ts';

const limits: WriterLimits = { kept: keptOf, trimEvery: 1000, waiting: 100, pause: { first: 100, longest: 400 } };

type Mode = 'up' | 'down' | 'hung';

/** A writer over a store that can be taken down. Refuses records whose actor is `bad`. */
function open(t: TestContext, more: Partial<WriterLimits> = {}) {
  const stored: string[] = [];
  const errors: [line: object, message: string][] = [];
  const store = { mode: 'up' as Mode, calls: 0, trims: 0, trimFails: false };
  const nothing = () => undefined;
  const writer = auditWriter(
    {
      async append(records: readonly AuditRecord[]) {
        store.calls += 1;
        if (store.mode === 'hung') await new Promise(nothing);
        if (store.mode === 'down') throw new StoreUnavailableError('sqlite');
        if (records.some(({ actor }) => actor === 'bad')) throw new TypeError('refused');
        stored.push(...records.map(({ id }) => id));
      },
      async trim() {
        store.trims += 1;
        if (store.trimFails) throw new StoreUnavailableError('sqlite');
        return 0;
      },
      list: async () => ({ items: [] }),
      sweep: async () => 0,
    },
    { debug: nothing, info: nothing, warn: nothing, error: (line, message) => void errors.push([line, message]) },
    { ...limits, ...more },
  );
  t.mock.timers.enable({ apis: ['setTimeout'] });
  return { writer, store, stored, errors };
}

/** Lets time pass, and what it started come to its end. */
async function pass(t: TestContext, ms: number): Promise<void> {
  t.mock.timers.tick(ms);
  for (let n = 0; n < 20; n += 1) await turn();
}

const ids = (...numbers: number[]) => numbers.map((n) => anEvent(n).id);

test('a record that could not be stored is stored later, before those that came after it', async (t) => {
  const { writer, store, stored, errors } = open(t);
  store.mode = 'down';
  await writer.append(anEvent(1));
  await writer.append(anEvent(2));
  deepEqual(stored, []);
  store.mode = 'up';
  await pass(t, 100);
  await writer.append(anEvent(3));
  deepEqual([stored, errors], [ids(1, 2, 3), []]);
});

test('the pauses grow up to the longest, and are short again after a success', async (t) => {
  const { writer, store } = open(t);
  store.mode = 'down';
  await writer.append(anEvent(1));
  for (const pause of [100, 200, 400, 400]) {
    const { calls } = store;
    await pass(t, pause - 1);
    equal(store.calls, calls);
    await pass(t, 1);
    equal(store.calls, calls + 1);
  }
  store.mode = 'up';
  await pass(t, 400);
  store.mode = 'down';
  await writer.append(anEvent(2));
  const { calls } = store;
  await pass(t, 100);
  equal(store.calls, calls + 1);
});

test('a record that finds too many waiting is logged whole', async (t) => {
  const { writer, store, errors } = open(t, { waiting: 2 });
  store.mode = 'down';
  for (const n of [1, 2, 3]) await writer.append(anEvent(n));
  deepEqual(errors, [[{ record: anEvent(3) }, 'audit record not kept: too many are waiting for the store']]);
});

test('a record that the store refuses for itself is logged whole, and holds up no other', async (t) => {
  const { writer, stored, errors } = open(t);
  const records = [1, 2, 3, 4, 5].map((n) => anEvent(n, n === 4 ? { actor: 'bad' } : {}));
  await Promise.all(records.map((record) => writer.append(record)));
  deepEqual([...stored].sort(), ids(1, 2, 3, 5));
  equal(errors.length, 1);
  deepEqual(Object(errors[0]?.[0]).record, records[3]);
});

test('many that waited are stored in batches', async (t) => {
  const { writer, store, stored } = open(t, { waiting: 2000 });
  store.mode = 'down';
  for (let n = 0; n < 1200; n += 1) await writer.append(anEvent(n));
  store.mode = 'up';
  const { calls } = store;
  await pass(t, 100);
  deepEqual([store.calls - calls, stored.length], [3, 1200]);
});

test('old records that could not be deleted are deleted the next time', async (t) => {
  const { writer, store } = open(t, { trimEvery: 2 });
  store.trimFails = true;
  for (const n of [1, 2]) await writer.append(anEvent(n));
  store.trimFails = false;
  await writer.append(anEvent(3));
  await writer.append(anEvent(4));
  equal(store.trims, 2);
});

test('close stores what is waiting, without the pause', async (t) => {
  const { writer, store, stored, errors } = open(t);
  store.mode = 'down';
  await writer.append(anEvent(1));
  store.mode = 'up';
  await writer.close(1000);
  deepEqual([stored, errors], [ids(1), []]);
});

for (const mode of ['down', 'hung'] as const) {
  test(`what a store that is ${mode} does not take before the deadline is logged whole`, async (t) => {
    const { writer, store, stored, errors } = open(t);
    store.mode = mode;
    void writer.append(anEvent(1));
    void writer.append(anEvent(2));
    t.mock.timers.reset();
    await writer.close(100);
    await writer.append(anEvent(3));
    deepEqual(stored, []);
    deepEqual(
      errors.map(([line]) => Object(line).record.id),
      ids(1, 2, 3),
    );
  });
}

test('a process that ends without closing logs what is waiting, a line for each record', async () => {
  const script = fileURLToPath(new URL('exiting.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=gatewarden-source', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk;
  });
  const [code] = await once(child, 'close');
  equal(code, 7);
  const lines = printed.trim().split('\n');
  deepEqual(
    lines.map((line) => JSON.parse(line).record),
    [1, 2].map((n) => JSON.parse(JSON.stringify(anEvent(n)))),
  );
  match(lines[0] ?? '', /audit record not kept: the process ends/);
});
