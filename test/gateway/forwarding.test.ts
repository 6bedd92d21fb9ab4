import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import test, { after } from 'node:test';
import { rawRequest } from '../support/http.ts';
import { gatewayTo, type TestGateway, upstreamThat, valuesOf } from './started.ts';

const upstream = await upstreamThat((req, res) => {
  if (req.url === '/public/status') return void res.writeHead(299, 'Quite Fine').end('x');
  if (req.url === '/public/nothing') return void res.writeHead(204).end();
  if (req.url === '/public/same') return void res.writeHead(304, { etag: '"a"' }).end();
  if (req.url === '/public/trailers') {
    res.writeHead(200, { trailer: 'X-Sum, X-Rows' });
    res.write('body');
    res.addTrailers({ 'X-Sum': '7', 'X-Rows': '3', 'Set-Cookie': 'gatewarden=evil' });
    return void res.end();
  }
  if (req.url === '/public/early') {
    res.writeEarlyHints({ link: '</a.css>; rel=preload' });
    return void res.end('late');
  }
  if (req.url === '/public/hop') {
    res.writeHead(200, { connection: 'X-Secret', 'x-secret': '1', 'proxy-authenticate': 'Basic', 'x-kept': '2' });
    return void res.end('x');
  }
  if (req.url?.startsWith('/cookies')) {
    res.setHeader('set-cookie', [
      'gatewarden=evil; Path=/',
      '__Host-gatewarden=evil',
      '__Secure-gatewarden=evil',
      'own=1',
      '=gatewarden=evil',
      'GateWarden=evil',
    ]);
  }
  if (req.url?.startsWith('/cached') || req.url?.startsWith('/public/cached')) {
    res.setHeader('cache-control', 'public, s-maxage=600, max-age=60');
    res.setHeader('vary', 'Accept');
  }
  req.pipe(res);
});
const gateway: TestGateway = await gatewayTo(upstream.url);
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});
const zoe = await gateway.bearer('zoe');

const last = () => {
  const seen = upstream.seen.at(-1);
  if (seen === undefined) throw new Error('the upstream saw nothing');
  return seen;
};

test('the target goes out in the very bytes that came in', async () => {
  for (const target of ['/public/a?b=c&d=%2e#', '/public/%7euser', '/public/%E2%82%ac?q=%zz', '/public/a;b=c?//..']) {
    await rawRequest(
      gateway.port,
      Buffer.from(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, 'latin1'),
    );
    equal(last().target, target);
  }
});

test('methods and bodies pass, with a length and without one', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'REPORT']) {
    const answer = await fetch(`${gateway.url}/echo`, { method, headers: zoe, body: 'as it is' });
    equal(await answer.text(), 'as it is');
    equal(last().method, method);
    const chunked = request(`${gateway.url}/echo`, { method, headers: { ...zoe, 'transfer-encoding': 'chunked' } });
    chunked.write('piece ');
    chunked.end('by piece');
    const [response] = await once(chunked, 'response');
    equal(await text(response), 'piece by piece', method);
  }
});

test('the status, its text, and answers without a body are passed on as they are', async () => {
  const odd = await fetch(`${gateway.url}/public/status`);
  deepEqual([odd.status, odd.statusText, await odd.text()], [299, 'Quite Fine', 'x']);
  const nothing = await fetch(`${gateway.url}/public/nothing`);
  deepEqual([nothing.status, nothing.headers.get('content-length')], [204, null]);
  const same = await fetch(`${gateway.url}/public/same`);
  deepEqual([same.status, same.headers.get('etag')], [304, '"a"']);
  const head = await fetch(`${gateway.url}/public/status`, { method: 'HEAD' });
  deepEqual([head.status, await head.text()], [299, '']);
});

test('trailers pass, except those that are none of a trailer’s business', async () => {
  const heard = await rawRequest(
    gateway.port,
    'GET /public/trailers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  );
  match(heard, /\r\n0\r\nx-sum: 7\r\nx-rows: 3\r\n\r\n$/i);
});

test('interim answers stay here, the final one passes', async () => {
  const heard = await rawRequest(
    gateway.port,
    'GET /public/early HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  );
  match(heard, /^HTTP\/1\.1 200 OK\r\n[\s\S]*late/);
});

test('what belongs to one hop stays on it, whoever names it', async () => {
  const answer = await fetch(`${gateway.url}/public/hop`);
  deepEqual(
    ['x-secret', 'proxy-authenticate', 'x-kept'].map((name) => answer.headers.get(name)),
    [null, null, '2'],
  );
  const lines = [
    'Connection: close, X-Mine',
    'X-Mine: 1',
    'TE: trailers',
    'Keep-Alive: 3',
    'Proxy-Authorization: Basic eA==',
  ];
  await rawRequest(
    gateway.port,
    `GET /public/x HTTP/1.1\r\nHost: localhost\r\n${lines.join('\r\n')}\r\nX-Other: 2\r\n\r\n`,
  );
  for (const name of ['x-mine', 'te', 'keep-alive', 'proxy-authorization']) deepEqual(valuesOf(last(), name), [], name);
  deepEqual(valuesOf(last(), 'x-other'), ['2']);
});

test('a strange Authorization on a public path is the upstream’s', async () => {
  await fetch(`${gateway.url}/public/x`, { headers: { authorization: 'Basic eDp5' } });
  deepEqual(valuesOf(last(), 'authorization'), ['Basic eDp5']);
});

test('the upstream is told who asks, from where, and by which request', async () => {
  await fetch(`${gateway.url}/x`, { headers: { ...zoe, 'x-request-id': 'mine', 'x-forwarded-for': '6.6.6.6' } });
  const seen = last();
  const host = `127.0.0.1:${gateway.port}`;
  deepEqual(valuesOf(seen, 'host'), [host]);
  deepEqual(valuesOf(seen, 'x-forwarded-user'), ['zoe']);
  deepEqual(valuesOf(seen, 'x-forwarded-for'), ['127.0.0.1']);
  deepEqual(valuesOf(seen, 'x-forwarded-proto'), ['http']);
  deepEqual(valuesOf(seen, 'x-forwarded-host'), [host]);
  deepEqual(valuesOf(seen, 'x-forwarded-port'), [String(gateway.port)]);
  deepEqual(valuesOf(seen, 'x-real-ip'), ['127.0.0.1']);
  deepEqual(valuesOf(seen, 'x-forwarded-prefix'), []);
  deepEqual(valuesOf(seen, 'forwarded'), [`for=127.0.0.1;proto=http;host="${host}"`]);
  match(valuesOf(seen, 'x-request-id').join(), /^[0-9a-f-]{36}$/);
  match(valuesOf(seen, 'traceparent').join(), /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  equal(valuesOf(seen, 'x-gatewarden-assertion').length, 1);
});

test('nobody is told as nobody: the headers are there and empty', async () => {
  await fetch(`${gateway.url}/public/x`);
  deepEqual(valuesOf(last(), 'x-forwarded-user'), ['']);
  deepEqual(valuesOf(last(), 'x-forwarded-groups'), ['']);
});

test('a trace goes on when it is well formed, and begins anew when it is not', async () => {
  const good = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  await fetch(`${gateway.url}/public/x`, { headers: { traceparent: good, tracestate: 'a=1' } });
  deepEqual([valuesOf(last(), 'traceparent'), valuesOf(last(), 'tracestate')], [[good], ['a=1']]);
  await fetch(`${gateway.url}/public/x`, {
    headers: { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, tracestate: 'a=1' },
  });
  match(valuesOf(last(), 'traceparent').join(), /-00$/);
  deepEqual(valuesOf(last(), 'tracestate'), []);
});

test('an upstream cannot set a cookie of ours, in any spelling that a browser would send back', async () => {
  const answer = await fetch(`${gateway.url}/cookies`, { headers: zoe });
  deepEqual(answer.headers.getSetCookie(), ['own=1']);
});

const somebodysOwn = ['private, max-age=60', 'Accept, Cookie, Authorization, X-Gatewarden-Token'];

test('a public answer to somebody, or with a cookie cleared, is shared by no cache either', async () => {
  const known = await fetch(`${gateway.url}/public/cached`, { headers: zoe });
  deepEqual([known.headers.get('cache-control'), known.headers.get('vary')], somebodysOwn);
  const cleared = await fetch(`${gateway.url}/public/cached`, { headers: { cookie: 'gatewarden=s%3Adead.x' } });
  deepEqual([cleared.headers.get('cache-control'), cleared.headers.get('vary')], somebodysOwn);
  match(cleared.headers.getSetCookie().join(), /^gatewarden=;/);
  const nobody = await fetch(`${gateway.url}/public/cached`);
  deepEqual([nobody.headers.get('vary'), nobody.headers.getSetCookie()], ['Accept', []]);
});

test('what a rule asked a sign-in for is shared by no cache; what is public may be', async () => {
  const closed = await fetch(`${gateway.url}/cached`, { headers: zoe });
  deepEqual([closed.headers.get('cache-control'), closed.headers.get('vary')], somebodysOwn);
  const open = await fetch(`${gateway.url}/public/cached`);
  deepEqual(
    [open.headers.get('cache-control'), open.headers.get('vary')],
    ['public, s-maxage=600, max-age=60', 'Accept'],
  );
});

test('Expect is answered by the gateway, after the decision', async () => {
  const ask = (path: string, headers: Record<string, string>) => {
    const asked = request(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { ...headers, expect: '100-continue', 'content-length': 5 },
    });
    asked.flushHeaders();
    return asked;
  };
  const allowed = ask('/echo', zoe);
  await once(allowed, 'continue');
  allowed.end('12345');
  const [response] = await once(allowed, 'response');
  equal(await text(response), '12345');
  deepEqual(valuesOf(last(), 'expect'), []);
  const refused = ask('/echo', {});
  refused.once('continue', () => refused.destroy(new Error('a body was asked for that nobody wants')));
  const [refusal] = await once(refused, 'response');
  deepEqual([refusal.statusCode, refusal.headers.connection], [401, 'close']);
  refused.destroy();
});

test('the access log has a line for each request: no query, no credential', async () => {
  await fetch(`${gateway.url}/logged?token=secret`, { headers: zoe });
  const line = gateway.lines.findLast(({ message }) => message === 'request');
  deepEqual([line?.method, line?.path, line?.status, line?.user], ['GET', '/logged', 200, 'zoe']);
  equal(JSON.stringify(gateway.lines).includes('secret'), false);
  equal(JSON.stringify(gateway.lines).includes('gwt_'), false);
});
