import { equal, match } from 'node:assert/strict';
import test, { after } from 'node:test';
import { asker } from './forward-auth.ts';
import { gatewayTo } from './started.ts';

const gateway = await gatewayTo('http://127.0.0.1:1', { options: { trustedProxies: ['127.0.0.0/8'] } });
after(() => gateway[Symbol.asyncDispose]());
const zoe = await gateway.signIn('zoe');

const ask = asker(gateway.port);
const navigation = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none' };

const sent = Object.entries({ ...navigation, ...zoe }).flat();

/** Waits for the line of a request, which is written once its connection is done with it. */
async function logged(id: string): Promise<void> {
  for (let at = 0; at < 100; at += 1) {
    if (gateway.lines.some(({ requestId }) => requestId === id)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`no line has ${id}`);
}

/** Refusals of the gateway's own, with what their pages show. */
const pages: readonly (readonly [what: string, path: string, status: number, shown: RegExp])[] = [
  [
    'a role that is too low',
    '/operator/x',
    403,
    /<bdi>zoe<\/bdi>[\s\S]*<bdi>operator<\/bdi>[\s\S]*\/logout\?next=%2Foperator%2Fx/,
  ],
  ['an upstream that is not there', '/page?a=1', 502, /cannot be reached[\s\S]*href="\/page\?a=1">Try again/],
  ['a path that can be read in two ways', '/public/%00', 400, /ambiguous_path/],
  ['nothing below our prefix', '/_gatewarden/nowhere', 404, /not_found/],
];

for (const [what, path, status, shown] of pages) {
  test(`${what}: a page with the id of the answer and of the log`, async () => {
    const { headers, text, ...answer } = await ask.raw(path, sent);
    const id = String(headers['x-request-id']);
    equal(answer.status, status);
    match(id, /^[0-9a-f-]{36}$/);
    match(text, new RegExp(`<code>${id}</code>`));
    match(text, shown);
    await logged(id);
  });
}

test('a host that is not served: a page with the id', async () => {
  const { status, headers, text } = await ask.raw('/page', sent, 'GET', 'evil.example');
  equal(status, 421);
  match(text, new RegExp(`GATEWARDEN_ALLOWED_HOSTS[\\s\\S]*<code>${headers['x-request-id']}</code>`));
});

for (const front of ['caddy', 'nginx'] as const) {
  test(`forward-auth for ${front}: the page has the id of the answer and of the log`, async () => {
    const { status, headers, text } = await ask(front, '/operator/x', { headers: { ...navigation, ...zoe } });
    const id = String(headers['x-request-id']);
    equal(status, 403);
    match(text, new RegExp(`<bdi>operator</bdi>[\\s\\S]*<code>${id}</code>`));
    await logged(id);
  });
}
