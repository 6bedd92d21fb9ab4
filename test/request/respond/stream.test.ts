import { deepEqual, equal, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { streamAnswer } from '../../../lib/request/respond/stream.ts';
import type { StreamedAnswer } from '../../../lib/request/respond/write.ts';
import { until } from '../../support/until.ts';

type Served = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** Serves each request so; what it ended with is found in `ends`. */
async function serving(serve: Served) {
  const ends: unknown[] = [];
  const server = createServer((req, res) => {
    serve(req, res).then(
      () => ends.push('done'),
      (error: unknown) => {
        ends.push(error);
        res.destroy();
      },
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    ends,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const answerOf = (chunks: AsyncIterable<string>): StreamedAnswer => ({
  status: 200,
  headers: { 'Content-Type': 'text/plain' },
  chunks,
});
const always = { mayGoOn: async () => true };

async function* counted(most: number, made: { n: number }, size = 1): AsyncIterable<string> {
  try {
    for (; made.n < most; made.n += 1) yield `${made.n}`.padEnd(size, '.');
  } finally {
    made.n = -made.n;
  }
}

test('chunks arrive in their order, after the head', async () => {
  await using at = await serving((req, res) => streamAnswer(req, res, answerOf(counted(5, { n: 0 })), always));
  const answer = await fetch(at.url);
  deepEqual([answer.headers.get('content-type'), await answer.text()], ['text/plain', '01234']);
});

test('HEAD gets the head, and nothing is made', async () => {
  const made = { n: 0 };
  await using at = await serving((req, res) => streamAnswer(req, res, answerOf(counted(5, made)), always));
  const answer = await fetch(at.url, { method: 'HEAD' });
  deepEqual([answer.status, answer.headers.get('content-type'), made.n], [200, 'text/plain', 0]);
});

test('an answer without a chunk is a whole one', async () => {
  await using at = await serving((req, res) => streamAnswer(req, res, answerOf(counted(0, { n: 0 })), always));
  equal(await (await fetch(at.url)).text(), '');
});

test('an error before the first chunk leaves the head to others', async () => {
  const failing = (): AsyncIterable<string> => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no store')) }),
  });
  await using at = await serving(async (req, res) => {
    await rejects(streamAnswer(req, res, answerOf(failing()), always), /no store/);
    res.writeHead(503).end();
  });
  equal((await fetch(at.url)).status, 503);
});

test('an answer that may not go on is broken off', async () => {
  let asked = 0;
  const mayGoOn = async () => {
    asked += 1;
    return asked < 3;
  };
  await using at = await serving((req, res) => streamAnswer(req, res, answerOf(counted(9, { n: 0 })), { mayGoOn }));
  const answer = await fetch(at.url);
  await rejects(answer.text());
  equal(asked, 3);
});

/** Asks, and reads nothing of the body. */
async function unread(url: string): Promise<IncomingMessage> {
  const [answer] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
  return answer;
}

test('who does not read makes nothing more be made, and who goes ends it', async () => {
  const made = { n: 0 };
  const large = answerOf(counted(10_000, made, 100_000));
  await using at = await serving((req, res) => streamAnswer(req, res, large, always));
  const answer = await unread(at.url);
  for (let turn = 0; turn < 3000; turn += 1) await nextTurn();
  equal(made.n < 1000, true, `${made.n} of 10,000 chunks are made`);
  answer.destroy();
  await until(() => at.ends.length === 1);
  equal(made.n < 0, true, 'what makes the chunks is told that it is over');
});

test('who takes nothing for too long is cut off', async () => {
  const large = answerOf(counted(10_000, { n: 0 }, 100_000));
  await using at = await serving((req, res) => streamAnswer(req, res, large, { ...always, stall: 20 }));
  const answer = await unread(at.url);
  await until(() => at.ends.length === 1);
  answer.resume();
  await rejects(once(answer, 'end'));
});

test('others are served while an answer is made without any waiting', async () => {
  const made = { n: 0 };
  await using at = await serving(async (req, res) => {
    if (req.url === '/other') return void res.end(String(made.n));
    await streamAnswer(req, res, answerOf(counted(20_000, made)), always);
  });
  const all = fetch(at.url).then((answer) => answer.text());
  await until(() => made.n > 0);
  const seen = Number(await (await fetch(`${at.url}other`)).text());
  equal(seen > 0 && seen < 20_000, true, `${seen} chunks were made before the other was served`);
  await all;
});
