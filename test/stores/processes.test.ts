import { deepEqual, equal, ok } from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
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
    ok(acknowledged.every(([answer]) => answer === 'created'));
    const stores = await openSqlite({ dataDir });
    const found = await Promise.all(acknowledged.map(([, id = '']) => stores.users.byId(id)));
    equal(found.filter((user) => user === undefined).length, 0);
    await stores.close();
  }
});

test('four processes that race for the first admin make one', async (t) => {
  const { dataDir } = dataFolder(t);
  const children = ['1', '2', '3', '4'].map((own) => start('first', dataDir, own));
  const readers = children.map((child) => createInterface(child.stdout)[Symbol.asyncIterator]());
  for (const reader of readers) equal((await reader.next()).value, 'ready');
  for (const child of children) child.stdin.write('go\n');
  const answers = await Promise.all(readers.map(async (reader) => (await reader.next()).value));
  deepEqual(answers.sort(), ['admin-exists', 'admin-exists', 'admin-exists', 'created']);
});

test('a file that another process holds while it starts is waited for', async (t) => {
  const { dataDir } = dataFolder(t);
  const child = start('hold', dataDir);
  equal((await createInterface(child.stdout)[Symbol.asyncIterator]().next()).value, 'held');
  const stores = await openSqlite({ dataDir });
  equal((await stores.health())[0]?.ok, true);
  await stores.close();
});
