import { deepEqual, equal, match } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Browser, browserOn, type Reply, signIn } from '../../support/many-hosts.ts';
import { gatewayTo, password, type TestGateway, type TestUpstream, upstreamThat } from '../started.ts';

const own = '/_gatewarden';
const auth = 'https://auth.example.com';

let service: TestUpstream;
let gateway: TestGateway;

const fileOf = (mode: string): string =>
  [`sign_in: ${mode}`, 'routes:', ...['wiki.example.org', 'git.example.net'].map(routeOf)].join('\n');
const routeOf = (host: string): string => `  - { host: ${host}, upstream: "${service.url}", rules: "user * /**" }`;

before(async () => {
  service = await upstreamThat((req, res) => {
    if (req.url !== '/events') return void res.end(`${req.headers.host} ${req.url} ${req.headers['x-forwarded-user']}`);
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: begun\n\n');
  });
  const options = { publicUrl: auth, trustedProxies: ['127.0.0.1'] };
  gateway = await gatewayTo(undefined, { file: fileOf('public-url'), options });
  const made = await gateway.gate.users.create({ username: 'ada', password, role: 'user' });
  equal(made.ok, true);
});
after(async () => {
  for (const one of [gateway, service]) await one[Symbol.asyncDispose]();
});

async function signedIn(): Promise<Browser> {
  const browser = browserOn(gateway.port);
  await signIn(browser, await browser.visit('https://wiki.example.org/a?b'), { username: 'ada', password });
  return browser;
}

const last = (trail: readonly Reply[]) => trail.at(-1);

test('a service of the file is reached by a sign-in at PUBLIC_URL, and the next one without any', async () => {
  const browser = browserOn(gateway.port);
  const form = await browser.visit('https://wiki.example.org/a?b');
  equal(last(form)?.url.split('?')[0], `${auth}${own}/login`);
  equal(last(await signIn(browser, form, { username: 'ada', password }))?.text, 'wiki.example.org /a?b ada');
  equal(last(await browser.visit('https://git.example.net/x'))?.text, 'git.example.net /x ada');
});

test('a PUBLIC_URL with no service has the account page at its root', async () => {
  const trail = await browserOn(gateway.port).visit(`${auth}/`);
  deepEqual(
    trail.map(({ url }) => url),
    [`${auth}/`, `${auth}${own}/account`, `${auth}${own}/login?next=%2F_gatewarden%2Faccount`],
  );
  equal((await browserOn(gateway.port).go(`${auth}/x`)).status, 404);
});

test('an event stream of one host ends with the sign-out at another', async () => {
  const browser = await signedIn();
  const streaming = browser.go('https://wiki.example.org/events');
  while (!service.seen.some(({ target }) => target === '/events'))
    await new Promise((resolve) => setTimeout(resolve, 10));
  await browser.visit('https://git.example.net/');
  const out = await browser.post(`https://git.example.net${own}/logout`, {});
  equal(out.status, 303);
  // It rejects when the gateway breaks the stream off, and ends when it ends it: both are over.
  const text = await streaming.then(
    (reply) => reply.text,
    () => '',
  );
  equal(text.includes('begun\n\ndata'), false);
});

test('forward-auth sends to the sign-in of the original host, which hands over', async () => {
  const asked = { 'x-forwarded-method': 'GET', 'x-forwarded-proto': 'https', 'x-forwarded-uri': '/page?q' };
  const headers = { ...asked, 'x-forwarded-host': 'wiki.example.org', 'x-forwarded-for': '192.0.2.7' };
  const browser = browserOn(gateway.port);
  const answer = await browser.go(`http://gatewarden.localhost${own}/verify/traefik`, headers);
  equal(answer.status, 302);
  const { href } = new URL(answer.headers.location ?? '', 'https://wiki.example.org/page');
  equal(href, `https://wiki.example.org${own}/login?next=%2Fpage%3Fq`);
  const arrived = await signIn(browser, await browser.visit(href), { username: 'ada', password });
  equal(last(arrived)?.text, 'wiki.example.org /page?q ada');
});

test('a change of sign_in in the file holds at once, and codes on their way are of no use then', async () => {
  const browser = await signedIn();
  const started = await browser.go(`https://git.example.net${own}/login?next=%2F`);
  const link = (await browser.go(started.headers.location ?? '')).headers.location ?? '';
  match(link, /^https:\/\/git\.example\.net\/_gatewarden\/hand-over\/redeem\?code=/);
  gateway.reload(fileOf('each-host'));
  const form = await browser.visit('https://git.example.net/');
  deepEqual([last(form)?.status, last(form)?.url.split('?')[0]], [200, `https://git.example.net${own}/login`]);
  equal((await browser.go(link)).status, 404);
  equal((await browser.go('https://wiki.example.org/')).text, 'wiki.example.org / ada', 'who is signed in stays so');
  gateway.reload(fileOf('public-url'));
  equal(last(await browser.visit('https://git.example.net/'))?.text, 'git.example.net / ada');
});
