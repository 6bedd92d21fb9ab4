import { equal } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { newPage, noBrowser, openBrowser } from '../support/browser.ts';
import type { RunningGateway } from '../support/gateway.ts';
import { startDemo } from '../support/installation.ts';

let gateway: RunningGateway & AsyncDisposable;

before(async () => {
  gateway = await startDemo({ settings: { AUTO_LOGIN: 'true' } });
});

after(() => gateway[Symbol.asyncDispose]());

test('a browser on loopback is not asked to sign in', { skip: noBrowser }, async () => {
  const browser = await openBrowser();
  const page = await newPage(browser);
  equal((await page.goto(`${gateway.address}/`))?.status(), 200);
  equal(await page.locator('#user').textContent(), 'local');
  await browser.close();
});

test('neither is a program', async () => {
  equal((await fetch(`${gateway.address}/operator`)).status, 200);
});

const bad: readonly [what: string, headers: Record<string, string>][] = [
  ['a mistyped API token', { authorization: `Bearer gwt_${'0'.repeat(36)}` }],
  ['an Authorization that is none of ours', { authorization: 'Bearer something-else' }],
  ['a session cookie that names nothing', { cookie: 'gatewarden=s%3Anobody.signature' }],
];

for (const [what, headers] of bad) {
  test(`${what} is 401, not the one who is signed in without asking`, async () => {
    equal((await fetch(`${gateway.address}/`, { headers })).status, 401);
  });
}
