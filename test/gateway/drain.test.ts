import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import test from 'node:test';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { gatewayProcess } from './process.ts';
import { gatewayTo, portOf, upstreamThat } from './started.ts';

/** An upstream that answers when told to. */
async function patientUpstream() {
  const waiting: ServerResponse[] = [];
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const upstream = await upstreamThat((_req, res) => {
    waiting.push(res);
    resolve();
  });
  return { ...upstream, asked, answer: () => waiting.forEach((res) => void res.end('answered')) };
}

test('what runs when the gateway is told to stop is finished; nothing new is accepted', async () => {
  await using upstream = await patientUpstream();
  await using gateway = await gatewayTo(upstream.url, { limits: { drain: 10_000 } });
  const running = request(`${gateway.url}/public/x`, { headers: { connection: 'keep-alive' } }).end();
  await upstream.asked;
  const closed = gateway.app.close();
  await rejects(fetch(`${gateway.url}/public/late`));
  upstream.answer();
  const [response] = (await once(running, 'response')) as [IncomingMessage];
  deepEqual([await text(response), response.headers.connection], ['answered', 'close']);
  await closed;
});

test('what is not finished at the deadline is broken off', async () => {
  await using upstream = await patientUpstream();
  await using gateway = await gatewayTo(upstream.url, { limits: { drain: 100 } });
  const running = fetch(`${gateway.url}/public/x`);
  const broken = rejects(running);
  await upstream.asked;
  await gateway.app.close();
  await broken;
});

test('SIGTERM lets a request finish, then the process ends with 0', async () => {
  await using upstream = await patientUpstream();
  await using running = await gatewayProcess(upstream.url);
  const { gateway } = running;
  const url = await running.url();
  const asked = fetch(`${url}/public/x`);
  await upstream.asked;
  const ended = gateway.stop('SIGTERM');
  await gateway.printed(/letting requests finish/);
  upstream.answer();
  equal(await (await asked).text(), 'answered');
  equal(await ended, 0);
  match(gateway.stdout, /"path":"\/public\/x","status":200/);
});

test('a second signal ends it at once', async () => {
  await using upstream = await patientUpstream();
  await using running = await gatewayProcess(upstream.url);
  const { gateway } = running;
  const url = await running.url();
  const broken = rejects(fetch(`${url}/public/x`));
  await upstream.asked;
  void gateway.stop('SIGTERM');
  await gateway.printed(/letting requests finish/);
  equal(await gateway.stop('SIGTERM'), 143);
  await broken;
});

test('the line at the start says the mode, the stores, the upstream and the address; the setup link is beside the log', async () => {
  await using upstream = await patientUpstream();
  await using running = await gatewayProcess(upstream.url, { GATEWARDEN_SECRET_KEY: makeSecretKey() });
  const { gateway } = running;
  const [link] = await gateway.printed(/http:\S+\/_gatewarden\/setup#token=\S+/);
  await gateway.printed(/the gateway is listening/);
  const line = gateway.stdout.split('\n').find((one) => one.includes('the gateway is listening')) ?? '{}';
  const said = JSON.parse(line) as Record<string, unknown>;
  deepEqual([said.mode, said.upstream], ['on', upstream.url]);
  equal(said.listening, new URL(link).origin);
  match(JSON.stringify(said.stores), /sqlite/i);
  equal(gateway.stdout.includes(link), false);
  equal(gateway.stdout.includes('kkkk'), false);
  equal((await fetch(link)).status, 200);
  await gateway.stop();
});

test('without authentication it says so, loudly where others can reach it', async () => {
  await using upstream = await patientUpstream();
  await using running = await gatewayProcess(upstream.url, {
    GATEWARDEN_AUTH_ENABLED: 'false',
    GATEWARDEN_HOST: '0.0.0.0',
    GATEWARDEN_PUBLIC_URL: 'https://wiki.example.com',
  });
  const { gateway } = running;
  await gateway.printed(/"mode":"off"/);
  await gateway.printed(/AUTHENTICATION IS OFF/);
  await gateway.stop();
});

test('a port in use is told in a sentence, and the process ends with 5', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String(portOf(taken));
  await using running = await gatewayProcess('http://127.0.0.1:1', { GATEWARDEN_PORT: port });
  const { gateway } = running;
  equal(await gateway.ended, 5);
  match(gateway.stderr, new RegExp(`127\\.0\\.0\\.1:${port} is already in use`));
  taken.close();
});
