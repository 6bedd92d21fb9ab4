import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AuditLimits, auditLog } from '../../lib/audit/log.ts';
import type { NewEvent } from '../../lib/services.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';

/** Any event, also such as no service tells of. */
const event = (more: object = {}): NewEvent => ({
  event: 'user.changed',
  actor: 'ada',
  via: 'session',
  outcome: 'ok',
  ...more,
});

function logOfErrors() {
  const errors: string[] = [];
  const silent = () => {};
  return {
    errors,
    debug: silent,
    info: silent,
    warn: silent,
    error: (_: object, message: string) => errors.push(message),
  };
}

async function open(limits: Partial<AuditLimits> = {}) {
  const stores = await openSqlite({ memory: true });
  const log = logOfErrors();
  const time = { now: 1_000_000 };
  return { stores, log, time, audit: auditLog(stores.audit, log, () => time.now, limits) };
}

describe('the audit log', () => {
  it('keeps what is recorded, newest first', async () => {
    const { audit, time } = await open();
    await audit.record(event({ subject: 'user:a' }));
    time.now += 5;
    await audit.record(event({ subject: 'user:b', detail: { role: 'admin' } }));
    const { items } = await audit.log.list();
    deepEqual(
      items.map((item) => [item.subject, item.at, item.detail]),
      [
        ['user:b', 1_000_005, { role: 'admin' }],
        ['user:a', 1_000_000, undefined],
      ],
    );
  });

  it('keeps the order within a millisecond and when the clock steps back', async () => {
    const { audit, time } = await open();
    for (let at = 0; at < 120; at++) {
      if (at === 60) time.now -= 10_000;
      await audit.record(event({ subject: `n:${at}` }));
    }
    const { items } = await audit.log.list({ limit: 200 });
    deepEqual(
      items.map((item) => item.subject),
      Array.from({ length: 120 }, (_, at) => `n:${119 - at}`),
    );
  });

  it('appends 500 events that come together, each once', async () => {
    const { audit } = await open();
    await Promise.all(Array.from({ length: 500 }, (_, at) => audit.record(event({ subject: `n:${at}` }))));
    const seen = new Set<string | undefined>();
    let cursor: string | undefined;
    do {
      const page = await audit.log.list({ limit: 200, cursor });
      for (const item of page.items) seen.add(item.subject);
      cursor = page.next;
    } while (cursor);
    equal(seen.size, 500);
  });

  const limits: [given: number | undefined, items: number][] = [
    [undefined, 50],
    [0, 1],
    [-5, 1],
    [7.9, 7],
    [1000, 200],
    [Number.NaN, 50],
  ];
  for (const [given, items] of limits) {
    it(`gives ${items} records when asked for ${given}`, async () => {
      const { audit } = await open();
      await Promise.all(Array.from({ length: 210 }, () => audit.record(event())));
      equal((await audit.log.list({ limit: given })).items.length, items);
    });
  }

  it('finds by event and by actor', async () => {
    const { audit } = await open();
    await audit.record(event({ event: 'logout', actor: 'bob' }));
    await audit.record(event({ actor: 'bob' }));
    await audit.record(event());
    equal((await audit.log.list({ actor: 'bob' })).items.length, 2);
    equal((await audit.log.list({ actor: 'bob', event: 'logout' })).items.length, 1);
  });

  it('trims to the newest every so many records', async () => {
    const { audit } = await open({ keep: 20, trimEvery: 10 });
    for (let at = 0; at < 60; at++) await audit.record(event({ subject: `n:${at}` }));
    const { items } = await audit.log.list({ limit: 200 });
    ok(items.length < 31, `${items.length} are kept`);
    equal(items[0]?.subject, 'n:59');
  });

  it('keeps a flood of refused sign-ins from filling the log, and says how many were left out', async () => {
    const { audit, time } = await open({ floodPerMinute: 10 });
    for (let at = 0; at < 100; at++) await audit.record(event({ event: 'login.failed', actor: `n${at}` }));
    await audit.record(event());
    equal((await audit.log.list({ limit: 200 })).items.length, 11);
    time.now += 60_000;
    await audit.record(event({ event: 'login.failed', actor: 'later' }));
    const [newest] = (await audit.log.list()).items;
    deepEqual(newest?.detail, { leftOut: 90 });
  });

  it('makes texts harmless and cuts them', async () => {
    const { audit } = await open();
    await audit.record(
      event({
        actor: 'a\u001b[31m\nb\u202e\ud800',
        agent: 'x'.repeat(10_000),
        detail: { note: `\u0000\u2066${'y'.repeat(1000)}`, count: 3 },
      }),
    );
    const [item] = (await audit.log.list()).items;
    equal(item?.actor, 'a[31mb\ufffd');
    equal(item?.agent?.length, 256);
    match(String(item?.detail?.note), /^y+$/);
    equal(item?.detail?.count, 3);
  });

  it('does not reject when the store fails: the failure is logged', async () => {
    const { audit, stores, log } = await open();
    await stores.close();
    await audit.record(event());
    deepEqual(log.errors, ['audit records not kept']);
  });
});

describe('listeners of events', () => {
  it('hear the events of their name until they stop', async () => {
    const { audit } = await open();
    const heard: string[] = [];
    const stop = audit.on('logout', (one) => heard.push(one.actor));
    await audit.record(event({ event: 'logout', actor: 'bob' }));
    await audit.record(event());
    stop();
    await audit.record(event({ event: 'logout', actor: 'eve' }));
    deepEqual(heard, ['bob']);
  });

  it('cannot break what they listen to: what they throw or reject with is logged', async () => {
    const { audit, log } = await open();
    audit.on('user.changed', () => {
      throw new Error('thrown');
    });
    audit.on('user.changed', async () => {
      throw new Error('rejected');
    });
    await audit.record(event());
    await new Promise(setImmediate);
    deepEqual(log.errors, ['a listener failed', 'a listener failed']);
    equal((await audit.log.list()).items.length, 1);
  });
});
