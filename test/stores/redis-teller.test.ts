import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import test from 'node:test';
import type { Invalidation } from '../../lib/invalidation/bus.ts';
import { teller } from '../../lib/stores/redis/teller.ts';
import { listening, until } from './redis-opened.ts';

const notTold = { name: 'NotToldError', applied: true };
const user = (id: string, version?: number): Invalidation => ({
  kind: 'user',
  id,
  ...(version === undefined ? {} : { version }),
});

/** A teller over a server that executes what it is sent when the test says so. */
function told() {
  const log = listening();
  const sent: { says: readonly Invalidation[]; succeed: () => void; fail: () => void }[] = [];
  const others = teller((says) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    sent.push({ says, succeed: resolve, fail: () => reject(new Error('no answer')) });
    return promise;
  }, log);
  return { others, sent, log };
}

/** One that fails until it is told to work. */
function failing() {
  const log = listening();
  const batches: (readonly Invalidation[])[] = [];
  let works = false;
  let attempts = 0;
  const others = teller(async (says) => {
    attempts += 1;
    if (!works) throw new Error('no answer');
    batches.push(says);
  }, log);
  return {
    others,
    log,
    batches,
    attempts: () => attempts,
    work: () => {
      works = true;
    },
  };
}

test('resolves when the telling was executed, and not before', async () => {
  const { others, sent } = told();
  let resolved = false;
  const published = others.publish([user('a')]).then(() => {
    resolved = true;
  });
  await Promise.resolve();
  deepEqual(sent[0]?.says, [user('a')]);
  equal(resolved, false);
  sent[0]?.succeed();
  await published;
  await others.close();
});

test('what is published while a telling is under way is told in one, each record once, with its highest version', async () => {
  const { others, sent } = told();
  const first = others.publish([user('a', 1)]);
  const more = [
    others.publish([user('b', 3)]),
    others.publish([user('a', 2), user('b', 2)]),
    others.publish([user('b')]),
    others.publish([{ kind: 'token', id: 'a' }]),
  ];
  equal(sent.length, 1);
  sent[0]?.succeed();
  await first;
  await until(() => sent.length === 2);
  deepEqual(sent[1]?.says, [user('b', 3), user('a', 2), { kind: 'token', id: 'a' }]);
  sent[1]?.succeed();
  await Promise.all(more);
  await others.close();
});

test('who publishes while a telling is under way waits for the next one, also when that one fails at first', async () => {
  const { others, sent } = told();
  const first = others.publish([user('a')]);
  let isTold = false;
  const second = others.publish([user('b')]).then(() => {
    isTold = true;
  });
  sent[0]?.succeed();
  await first;
  await until(() => sent.length === 2);
  sent[1]?.fail();
  await until(() => sent.length === 3);
  equal(isTold, false);
  deepEqual(sent[2]?.says, [user('b')]);
  sent[2]?.succeed();
  await second;
  await others.close();
});

test('rejects when it could not be told, goes on telling, and says each once', async () => {
  const { others, log, batches, attempts, work } = failing();
  await Promise.all([rejects(others.publish([user('a')]), notTold), rejects(others.publish([user('b')]), notTold)]);
  const before = attempts();
  await until(() => attempts() > before + 1);
  work();
  await until(() => batches.length > 0);
  deepEqual(batches[0]?.map(({ id }) => id).sort(), ['a', 'b']);
  await until(() => log.lines.length === 2);
  deepEqual(
    log.lines.map((line) => line.replace(/ \{.*/, '')),
    [
      'warn: the other instances could not be told of a change yet',
      'info: the other instances know of every change again',
    ],
  );
  await others.publish([user('c')]);
  deepEqual(batches[1], [user('c')]);
  await others.close();
});

test('an outage that ends in time is none for who waits', async () => {
  const { others, batches, attempts, work, log } = failing();
  const published = others.publish([user('a')]);
  await until(() => attempts() > 1);
  work();
  await published;
  deepEqual(batches, [[user('a')]]);
  deepEqual(log.lines, []);
  await others.close();
});

test('more than can be kept becomes one message that invalidates everything', async () => {
  const { others, batches, work } = failing();
  const many = Array.from({ length: 25_000 }, (_, n) => user(`u${n}`));
  await rejects(others.publish(many), notTold);
  work();
  await until(() => batches.length > 0);
  ok((batches[0]?.length ?? 0) <= 10_000);
  ok(batches[0]?.some(({ kind }) => kind === 'all'));
  await others.close();
});

test('closed, it makes a last attempt, rejects who still waits, and takes nothing more', async () => {
  const { others, sent } = told();
  const published = others.publish([user('a')]);
  const closing = others.close();
  sent[0]?.fail();
  await until(() => sent.length === 2);
  sent[1]?.succeed();
  await Promise.all([published, closing]);
  await rejects(others.publish([user('b')]), notTold);
  equal(sent.length, 2);
  const broken = failing();
  const waiting = rejects(broken.others.publish([user('a')]), notTold);
  await broken.others.close();
  await waiting;
});

test('nothing to tell costs nothing', async () => {
  const { others, sent } = told();
  await others.publish([]);
  equal(sent.length, 0);
  await others.close();
});
