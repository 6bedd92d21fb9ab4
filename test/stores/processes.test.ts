import { deepEqual, equal, ok } from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { someUser } from '../../lib/stores/suites/record-samples.ts';
import { anEvent } from '../../lib/stores/suites/records.ts';
import { dataFolder } from './folder.ts';

const script = fileURLToPath(new URL('child.ts', import.meta.url));

const start = (...given: string[]) => spawn(process.execPath, [script, ...given], { stdio: ['pipe', 'pipe', 'pipe'] });

/** The complete lines that a process has printed, read until it is dead. */
async function linesUntilKilled(child: ChildProcessWithoutNullStreams, after: number): Promise<string[]> {
  const lines: string[] = [];
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    if (lines.length >= after) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return lines;
}

test('whatever was acknowledged before a kill -9 is there afterwards', async (t) => {
  const { dataDir } = dataFolder(t);
  for (const round of ['a', 'b', 'c']) {
    const lines = await linesUntilKilled(start('insert', dataDir, round), 300);
    const acknowledged = lines.map((line) => line.split(' '));
    ok(acknowledged.length >= 300);
    ok(acknowledged.every(([answer]) => answer === 'added'));
    const stores = await openSqlite({ dataDir });
    const found = await Promise.all(acknowledged.map(([, id = '']) => stores.records.get(userKind, id)));
    equal(found.filter((user) => user === undefined).length, 0);
    await stores.close();
  }
});

test('four processes that race for the same record make one', async (t) => {
  const { dataDir } = dataFolder(t);
  const children = ['1', '2', '3', '4'].map((own) => start('first', dataDir, own));
  const readers = children.map((child) => createInterface(child.stdout)[Symbol.asyncIterator]());
  for (const reader of readers) equal((await reader.next()).value, 'ready');
  for (const child of children) child.stdin.write('go\n');
  const answers = await Promise.all(readers.map(async (reader) => (await reader.next()).value));
  deepEqual(answers.sort(), ['added', 'taken', 'taken', 'taken']);
});

test('a file that another process holds while it starts is waited for', async (t) => {
  const { dataDir } = dataFolder(t);
  const child = start('hold', dataDir);
  equal((await createInterface(child.stdout)[Symbol.asyncIterator]().next()).value, 'held');
  const stores = await openSqlite({ dataDir });
  equal((await stores.health())[0]?.ok, true);
  await stores.close();
});

/** A process that remembers a user; returns the function that asks it whether it still does. */
async function remembering(t: TestContext, dataDir: string, userId: string) {
  const child = start('remember', dataDir, userId);
  t.after(async () => {
    child.kill('SIGKILL');
    await once(child, 'close');
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  equal((await lines.next()).value, 'ready');
  async function ask(): Promise<string> {
    child.stdin.write('?\n');
    return String((await lines.next()).value);
  }
  return { child, ask };
}

const ended = () => ({ kind: 'put', record: someUser('ada', { epoch: 1 }), answer: undefined }) as const;

test('another process hears of a revocation at its next read, and is not disturbed by audit records', async (t) => {
  const { dataDir } = dataFolder(t);
  const stores = await openSqlite({ dataDir });
  t.after(() => stores.close());
  await stores.records.add(userKind, someUser('ada'));
  const { ask } = await remembering(t, dataDir, 'u_ada');
  for (let n = 1; n <= 20; n += 1) {
    await stores.audit.append([anEvent(n)]);
    equal(await ask(), 'user');
  }
  await stores.records.change(userKind, 'u_ada', ended);
  // Its last look may have been a few milliseconds ago.
  await wait(20);
  equal(await ask(), 'nothing');
});

test('a process that was frozen believes nothing old when it goes on', async (t) => {
  const { dataDir } = dataFolder(t);
  const stores = await openSqlite({ dataDir });
  t.after(() => stores.close());
  await stores.records.add(userKind, someUser('ada'));
  const { child, ask } = await remembering(t, dataDir, 'u_ada');
  equal(await ask(), 'user');
  child.kill('SIGSTOP');
  await stores.records.change(userKind, 'u_ada', ended);
  await wait(50);
  const answer = ask();
  child.kill('SIGCONT');
  equal(await answer, 'nothing');
});
