import { equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { after, test } from 'node:test';
import { gatewayTo, upstreamThat } from '../gateway/started.ts';

const stopped = new Set<string>();
const upstream = await upstreamThat((req, res) => {
  res.on('close', () => void stopped.add(String(req.url)));
  if (req.url?.startsWith('/events')) {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    return void res.write('data: secret\n\n');
  }
  if (req.url === '/large') {
    res.writeHead(200, { 'content-length': 1_000_000 });
    return void res.write('the beginning');
  }
  if (req.url === '/small') {
    res.writeHead(200, { 'content-length': 100 });
    return void res.write('the beginning');
  }
  req.resume();
});
const gateway = await gatewayTo(upstream.url);
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const seen = async (target: string): Promise<void> => {
  while (!upstream.seen.some((one) => one.target === target)) await new Promise((resolve) => setTimeout(resolve, 5));
};

const broken = (asked: ClientRequest): Promise<string> =>
  new Promise((resolve) => {
    asked.on('error', () => resolve('broken off'));
    asked.on('response', (response: IncomingMessage) => {
      response.on('error', () => undefined).resume();
      response.on('close', () => resolve(response.complete ? 'complete' : 'broken off'));
    });
  });

const running: Readonly<Record<string, (headers: Record<string, string>) => ClientRequest>> = {
  '/upload': (headers) => {
    const asked = request(`${gateway.url}/upload`, {
      method: 'POST',
      headers: { ...headers, origin: gateway.url, 'content-length': 1000 },
    });
    asked.write('the beginning');
    return asked;
  },
  '/large': (headers) => request(`${gateway.url}/large`, { headers }).end(),
  '/small': (headers) => request(`${gateway.url}/small`, { headers }).end(),
  '/waiting': (headers) => request(`${gateway.url}/waiting`, { headers }).end(),
};

for (const [path, ask] of Object.entries(running)) {
  test(`what runs at ${path} ends with the session, on both sides`, { timeout: 20_000 }, async () => {
    const cookie = await gateway.signIn(`user${path.slice(1)}`);
    const asked = ask(cookie);
    const outcome = broken(asked);
    await seen(path);
    const began = performance.now();
    await gateway.signOut(cookie);
    equal(await outcome, 'broken off');
    while (!stopped.has(path)) await new Promise((resolve) => setTimeout(resolve, 5));
    equal(performance.now() - began < 5000, true);
  });
}

test('an event stream that another site’s page opens with the user’s cookie tells nothing', async () => {
  const { cookie } = await gateway.signIn('listener');
  const listen = async (path: string, headers: Record<string, string>) => {
    const asked = request(`${gateway.url}${path}`, { headers: { cookie, ...headers } }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const [first] = (await once(response.setEncoding('utf8'), 'data')) as [string];
    asked.destroy();
    return `${response.statusCode} ${first}`;
  };
  match(
    await listen('/events/1', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }),
    /^403 .*csrf_rejected/,
  );
  match(await listen('/events/2', { origin: 'http://evil.example' }), /^403 .*csrf_rejected/);
  while (!stopped.has('/events/1')) await new Promise((resolve) => setTimeout(resolve, 5));
  match(await listen('/events/3', { 'sec-fetch-site': 'same-origin' }), /^200 data: secret/);
  match(await listen('/events/4', {}), /^200 data: secret/);
  const bearer = await gateway.bearer('robot');
  match(await listen('/events/5', { ...bearer, cookie: '', 'sec-fetch-site': 'cross-site' }), /^200 data: secret/);
});
