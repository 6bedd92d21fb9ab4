import { deepEqual, equal, match } from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { type Audit, auditLog } from '../../lib/audit/log.ts';
import { keptOf } from '../../lib/audit/quotas.ts';
import type { WriterLimits } from '../../lib/audit/writer.ts';
import type { NewEvent } from '../../lib/services.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { dataFolder } from '../stores/folder.ts';

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
  const lines: object[] = [];
  const silent = () => {};
  return {
    errors,
    lines,
    debug: silent,
    info: (fields: object) => lines.push(JSON.parse(JSON.stringify(fields))),
    warn: silent,
    error: (_: object, message: string) => errors.push(message),
  };
}

async function open(limits: Partial<WriterLimits> = {}) {
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

  it('trims each event to its own quota every so many of its records', async () => {
    const kept = { ...keptOf, 'user.changed': 20, logout: 5 };
    const { audit, time } = await open({ kept, trimEvery: 10 });
    for (let at = 0; at < 60; at++) {
      time.now += 60_000;
      await audit.record(event({ subject: `n:${at}` }));
      if (at % 2) await audit.record(event({ event: 'logout', actor: `n${at}` }));
    }
    const changes = (await audit.log.list({ limit: 200, event: 'user.changed' })).items;
    equal(changes.length, 20);
    equal(changes[0]?.subject, 'n:59');
    equal((await audit.log.list({ limit: 200, event: 'logout' })).items.length, 5);
  });

  it('writes every event to the log as a line, those beyond the quota too', async () => {
    const { audit, log } = await open();
    const failure = event({ event: 'login.failed', actor: 'eve\n', via: 'none', address: '192.0.2.1', outcome: 'no' });
    for (let at = 0; at < 200; at++) await audit.record(failure);
    equal(log.lines.length, 200);
    deepEqual(log.lines[0], {
      event: 'login.failed',
      at: 1_000_000,
      actor: 'eve',
      via: 'none',
      address: '192.0.2.1',
      outcome: 'no',
    });
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
});

/** How many records there are of each actor. */
async function actorsIn(audit: Audit): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let cursor: string | undefined;
  do {
    const page = await audit.log.list({ limit: 200, cursor });
    for (const { actor } of page.items) counts[actor] = (counts[actor] ?? 0) + 1;
    cursor = page.next;
  } while (cursor);
  return counts;
}

describe('a flood of events', () => {
  const failure = (actor: string, address: string) =>
    event({ event: 'login.failed', actor, via: 'none', address, outcome: 'invalid_credentials' });

  it('from one address hides no failure of another address, nor of another user', async () => {
    const { audit } = await open();
    for (let at = 0; at < 500; at++) await audit.record(failure(`unknown:${at}`, '192.0.2.1'));
    for (let at = 0; at < 500; at++) await audit.record(failure('eve', '192.0.2.1'));
    await audit.record(failure('ada', '192.0.2.1'));
    await audit.record(failure('eve', '192.0.2.2'));
    await audit.record(failure('unknown:x', '192.0.2.2'));
    const counts = await actorsIn(audit);
    deepEqual([counts.eve, counts.ada, counts['unknown:x']], [31, 1, 1]);
    equal(
      Object.values(counts).reduce((sum, one) => sum + one),
      30 + 31 + 1 + 1,
    );
  });

  it('from one IPv6 household has one pace', async () => {
    const { audit } = await open();
    for (let at = 0; at < 200; at++) await audit.record(failure('unknown:x', `2001:db8::${at}`));
    deepEqual(await actorsIn(audit), { 'unknown:x': 30 });
  });

  it('of people who sign themselves up from one address has one pace, and hides no change by an admin', async () => {
    const { audit } = await open();
    const signedUp = (name: string, address: string) =>
      event({ event: 'user.changed', actor: name, via: 'none', address, subject: `user:${name}` });
    for (let at = 0; at < 300; at++) await audit.record(signedUp(`new${at}`, '192.0.2.1'));
    await audit.record(signedUp('eve', '192.0.2.2'));
    await audit.record(event({ event: 'user.changed', actor: 'ada', address: '192.0.2.1', subject: 'user:eve' }));
    const { eve, ada, ...rest } = await actorsIn(audit);
    deepEqual([eve, ada, Object.keys(rest).length], [1, 1, 100]);
  });

  it('is told of with the next of its source that is kept', async () => {
    const { audit, time } = await open();
    for (let at = 0; at < 130; at++) await audit.record(failure(`unknown:${at}`, '192.0.2.1'));
    time.now += 60_000;
    await audit.record(failure('unknown:later', '192.0.2.1'));
    const [newest, before] = (await audit.log.list()).items;
    deepEqual([newest?.detail, before?.detail], [{ leftOut: 100 }, undefined]);
  });

  it('has its pace back in time, and none for a clock that steps back', async () => {
    const { audit, time } = await open();
    for (let at = 0; at < 40; at++) await audit.record(failure('unknown:a', '192.0.2.1'));
    time.now -= 3_600_000;
    await audit.record(failure('unknown:b', '192.0.2.1'));
    time.now += 3 * 60_000;
    for (let at = 0; at < 9; at++) await audit.record(failure('unknown:c', '192.0.2.1'));
    deepEqual(await actorsIn(audit), { 'unknown:a': 30, 'unknown:c': 3 });
  });

  it('that one user causes is kept to a pace, and nobody else’s is', async () => {
    const { audit } = await open();
    for (let at = 0; at < 500; at++) {
      await audit.record(event({ event: at % 2 ? 'token.created' : 'token.revoked', actor: 'viewer' }));
      await audit.record(event({ actor: 'viewer', subject: 'user:viewer' }));
    }
    await audit.record(event({ event: 'token.created', actor: 'bob' }));
    deepEqual(await actorsIn(audit), { viewer: 300, bob: 1 });
  });

  it('leaves out nothing that changes the rights of others', async () => {
    const { audit } = await open();
    for (let at = 0; at < 500; at++) await audit.record(event({ actor: 'root', subject: `user:u${at}` }));
    for (let at = 0; at < 300; at++) await audit.record(event({ actor: 'me', subject: 'user:me', via: 'command' }));
    deepEqual(await actorsIn(audit), { root: 500, me: 300 });
  });

  it('displaces nothing of another event', async () => {
    const kept = { ...keptOf, 'login.failed': 50 };
    const { audit } = await open({ kept, trimEvery: 10 });
    await audit.record(event({ subject: 'user:bob', detail: { role: 'admin' } }));
    for (let at = 0; at < 1000; at++) await audit.record(failure('unknown:x', `10.0.${at % 250}.${at}`));
    equal((await audit.log.list({ event: 'user.changed' })).items.length, 1);
    equal((await audit.log.list({ event: 'login.failed', limit: 200 })).items.length, 50);
  });
});

it('records of a time in which another process held the file are kept once it is free', async (t) => {
  const { dataDir, path } = dataFolder(t);
  const stores = await openSqlite({ dataDir });
  const audit = auditLog(stores.audit, logOfErrors(), Date.now, { pause: { first: 10, longest: 10 } });
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  await audit.record(event({ subject: 'user:a' }));
  equal((await audit.log.list()).items.length, 0);
  other.exec('ROLLBACK');
  other.close();
  await audit.close();
  equal((await audit.log.list()).items[0]?.subject, 'user:a');
  await stores.close();
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
