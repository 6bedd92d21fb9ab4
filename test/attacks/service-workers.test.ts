import { deepEqual, equal, match } from 'node:assert/strict';
import { after, test } from 'node:test';
import { gatewayApp } from '../../gateway/app.ts';
import { defaultLimits } from '../../gateway/limits.ts';
import { gatewayTo, upstreamThat } from '../gateway/started.ts';
import { newPage, noBrowser, openBrowser } from '../support/browser.ts';

const worker = `self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => event.respondWith(new Response('caught')));`;

const upstream = await upstreamThat((req, res) => {
  if (!req.url?.endsWith('.js'))
    return void res.writeHead(200, { 'content-type': 'text/html' }).end('<title>app</title>');
  res.writeHead(200, { 'content-type': 'text/javascript', 'service-worker-allowed': '/' }).end(worker);
});
const options = { rules: 'public * /**' };
const refusing = await gatewayTo(upstream.url, { options });
const allowing = await gatewayTo(upstream.url, { options: { ...options, serviceWorkers: 'allow' } });
after(async () => {
  await refusing[Symbol.asyncDispose]();
  await allowing[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const script = { headers: { 'service-worker': 'script' } };

test('a script whose folder covers our pages is answered by one that unregisters itself', async () => {
  const before = upstream.seen.length;
  const answer = await fetch(`${refusing.url}/sw.js?v=2`, script);
  match(String(answer.headers.get('content-type')), /^text\/javascript/);
  match(await answer.text(), /registration\.unregister\(\)/);
  equal(answer.headers.get('cache-control'), 'no-store');
  equal(upstream.seen.length, before);
});

test('a script of a folder beside our pages, and any other script, is the upstream’s', async () => {
  equal(await (await fetch(`${refusing.url}/app/sw.js`, script)).text(), worker);
  equal(await (await fetch(`${refusing.url}/sw.js`)).text(), worker);
});

test('an upstream cannot widen a scope, unless it is allowed to', async () => {
  const allowed = async (url: string) =>
    (await fetch(`${url}/app/sw.js`, script)).headers.get('service-worker-allowed');
  deepEqual([await allowed(refusing.url), await allowed(allowing.url)], [null, '/']);
  equal(await (await fetch(`${allowing.url}/sw.js`, script)).text(), worker);
});

/** One of the two installations at a port: the browser meets the same origin with either setting. */
async function listening(serviceWorkers: 'refuse' | 'allow', port = 0) {
  const { gate: set } = serviceWorkers === 'allow' ? allowing : refusing;
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const app = gatewayApp(set, upstream.url, { log: silent, limits: { ...defaultLimits, drain: 100 } });
  const address = await app.listen('127.0.0.1', port);
  return { port: address.port, close: () => app.close() };
}

/** What the browser shows for our sign-in page, and how many workers it keeps for the site. */
const seenIn = async (page: Awaited<ReturnType<typeof newPage>>, url: string) => {
  await page.goto(`${url}/_gatewarden/login`);
  const text = await page.locator('body').textContent();
  const kept = 'navigator.serviceWorker.getRegistrations().then((all) => all.length)';
  return { caught: text === 'caught', workers: await page.evaluate<number>(kept) };
};

const register = (path: string, scope: string) =>
  `navigator.serviceWorker.register(${JSON.stringify(path)}, { scope: ${JSON.stringify(scope)} })
    .then(() => navigator.serviceWorker.ready).then(() => 'registered', () => 'refused')`;

test('in a browser, a hostile worker never stands before our sign-in page', { skip: noBrowser }, async () => {
  const browser = await openBrowser();
  const page = await newPage(browser);
  await page.goto(`${refusing.url}/`);
  equal(await page.evaluate(register('/app/sw.js', '/')), 'refused');
  await page.evaluate("navigator.serviceWorker.register('/sw.js').catch(() => undefined)");
  await page.waitForFunction('navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)');
  deepEqual(await seenIn(page, refusing.url), { caught: false, workers: 0 });
  await browser.close();
});

test('in a browser, a worker that was registered before is gone after its next update', {
  skip: noBrowser,
}, async () => {
  const open = await listening('allow');
  const url = `http://127.0.0.1:${open.port}`;
  const browser = await openBrowser();
  const page = await newPage(browser);
  await page.goto(`${url}/`);
  equal(await page.evaluate(register('/sw.js', '/')), 'registered');
  deepEqual(await seenIn(page, url), { caught: true, workers: 1 });
  await open.close();
  const closed = await listening('refuse', open.port);
  await page.evaluate(
    'navigator.serviceWorker.getRegistrations().then((all) => Promise.all(all.map((one) => one.update())))',
  );
  await page.waitForFunction('navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)');
  deepEqual(await seenIn(page, url), { caught: false, workers: 0 });
  await browser.close();
  await closed.close();
});
