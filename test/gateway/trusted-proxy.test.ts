import { deepEqual, match } from 'node:assert/strict';
import test, { after } from 'node:test';
import { gatewayTo, upstreamThat, valuesOf } from './started.ts';

const upstream = await upstreamThat((_req, res) => void res.end('x'));
const trusting = await gatewayTo(upstream.url, {
  options: { trustedProxies: ['127.0.0.0/8'], publicUrl: 'https://wiki.example.com' },
});
after(async () => {
  await trusting[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

async function told(headers: Record<string, string>): Promise<(name: string) => string[]> {
  const answer = await fetch(`${trusting.url}/public/x`, { headers });
  const seen = upstream.seen.at(-1);
  if (answer.status !== 200 || seen === undefined) throw new Error(`${answer.status}: ${await answer.text()}`);
  return (name) => valuesOf(seen, name);
}

test('what a trusted proxy says of the client is continued', async () => {
  const values = await told({
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'wiki.example.com',
    'x-request-id': 'abc-123',
  });
  deepEqual(values('x-forwarded-for'), ['203.0.113.7, 127.0.0.1']);
  deepEqual(values('x-forwarded-proto'), ['https']);
  deepEqual(values('x-forwarded-host'), ['wiki.example.com']);
  deepEqual(values('forwarded'), ['for=203.0.113.7;proto=https;host="wiki.example.com"']);
  deepEqual(values('x-request-id'), ['abc-123']);
});

test('port, prefix and address of the client are told, continued from a trusted proxy alone', async () => {
  const values = await told({
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-host': 'wiki.example.com',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '8443',
    'x-forwarded-prefix': '/wiki',
  });
  deepEqual(['x-forwarded-port', 'x-forwarded-prefix', 'x-real-ip'].map(values), [
    ['8443'],
    ['/wiki'],
    ['203.0.113.7'],
  ]);
  const odd = await told({
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'wiki.example.com',
    'x-forwarded-port': 'x',
    'x-forwarded-prefix': '//evil',
  });
  deepEqual(['x-forwarded-port', 'x-forwarded-prefix'].map(odd), [['443'], []]);
});

test('a request id that is none is replaced, from a trusted proxy too', async () => {
  const values = await told({
    'x-forwarded-host': 'wiki.example.com',
    'x-forwarded-proto': 'https',
    'x-request-id': '<script>',
  });
  match(values('x-request-id').join(), /^[0-9a-f-]{36}$/);
});

test('identity headers are believed from nobody, not even from a trusted proxy', async () => {
  const values = await told({
    'x-forwarded-host': 'wiki.example.com',
    'x-forwarded-proto': 'https',
    'x-forwarded-user': 'admin',
    'x-original-url': '/admin',
  });
  deepEqual([values('x-forwarded-user'), values('x-original-url')], [[''], []]);
});
