import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { readableLine } from '../../gateway/readable-line.ts';
import { temporaryFolder } from '../support/folders.ts';

const time = '2026-11-21T12:00:01.000Z';

test('a readable log line holds what a client sent without moving the cursor, and is no JSON', () => {
  const line = JSON.stringify({ level: 30, time, msg: 'refused', path: '/\u001b[2J\u202e\u009b1m\n', user: '' });
  equal(readableLine(line), '12:00:01 info  refused path="/?[2J??1m?"\n');
});

test('a request reads as one', () => {
  const request = { method: 'GET', path: '/x', status: 200, bytes: 12, duration: 5.1, user: 'zoe', requestId: 'a-1' };
  const line = JSON.stringify({ level: 30, time, ...request, msg: 'request' });
  equal(readableLine(line), '12:00:01 info  GET /x 200 12 bytes 5.1 ms user=zoe requestId=a-1\n');
});

test('lists and objects are words, an error has its lines below, none of which looks like one of the log', () => {
  const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at x (y.ts:1)\u001b[2J' };
  const line = JSON.stringify({ level: 50, time, msg: 'broken', stores: { users: 'sqlite' }, hosts: ['a', 'b'], err });
  equal(
    readableLine(line),
    [
      '12:00:01 ERROR broken stores="users: sqlite" hosts="a, b"',
      '         Error: no',
      '             at x (y.ts:1)?[2J',
      '',
    ].join('\n'),
  );
});

const gateway = `${process.execPath} --conditions=gatewarden-source cli/index.ts run`;

/** What happens when the reader of the log is `reader` and the gateway gets a signal: its exit code, within seconds. */
async function stoppedBehind(
  before: string,
  reader: string,
  signal: NodeJS.Signals,
): Promise<Readonly<{ ended: boolean; out: string }>> {
  await using folder = await temporaryFolder();
  const env = {
    PATH: process.env.PATH,
    GATEWARDEN_UPSTREAM: 'http://127.0.0.1:1',
    GATEWARDEN_PORT: '0',
    GATEWARDEN_DATA_DIR: folder.path,
    GATEWARDEN_LOG_LEVEL: 'debug',
  };
  const script = `{ ${before} ${gateway} & echo $! >&2; wait; } | ${reader}`;
  const shell = spawn('bash', ['-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let out = '';
  let err = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  shell.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  for (let at = 0; at < 300 && !err.includes('setup'); at += 1) await wait(50);
  await wait(300);
  const pid = Number(/^\d+$/m.exec(err)?.[0]);
  process.kill(pid, signal);
  let ended = false;
  for (let at = 0; at < 100 && !ended; at += 1) {
    await wait(50);
    ended = !isAlive(pid);
  }
  if (!ended) process.kill(pid, 'SIGKILL');
  if (shell.exitCode === null) {
    // The reader too: the shell is the leader of a group of its own.
    process.kill(-(shell.pid ?? 0), 'SIGKILL');
    await once(shell, 'close');
  }
  return { ended, out };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A pipe holds 64 KiB. */
const fill = 'head -c 65536 /dev/zero;';

const readers: Readonly<Record<string, readonly [before: string, reader: string]>> = {
  'has gone away': ['', 'head -1 >/dev/null'],
  'reads on': ['', 'cat'],
  'has stopped, with a full pipe': [fill, 'sleep 20'],
};

for (const [what, [before, reader]] of Object.entries(readers)) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} ends the gateway where the reader of its log ${what}`, { timeout: 60_000 }, async () => {
      const { ended, out } = await stoppedBehind(before, reader, signal);
      deepEqual(ended, true);
      if (reader === 'cat') match(out, /"msg":"stopped"\}\n$/);
    });
  }
}
