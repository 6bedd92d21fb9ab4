import { match } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { newPage, noBrowser, openBrowser } from '../support/browser.ts';
import { adminPassword, type RunningGateway } from '../support/gateway.ts';
import { startDemo } from '../support/installation.ts';

let browser: Browser;
let gateway: RunningGateway & AsyncDisposable;
const skip = noBrowser;

before(async () => {
  if (skip) return;
  gateway = await startDemo();
  await gateway.firstAdmin();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await gateway?.[Symbol.asyncDispose]();
});

const ours = (path: string) => `${gateway.address}/_gatewarden${path}`;

async function signIn(page: Page, username = 'ada', password = adminPassword): Promise<void> {
  await page.goto(ours('/login?next=/_gatewarden/account'));
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('without JavaScript one signs in, reads the account page and signs out', { skip }, async () => {
  const page = await newPage(browser, { javaScriptEnabled: false });
  await signIn(page);
  match((await page.locator('main').textContent()) ?? '', /signed in as ada with the role admin/);
  await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await page.goto(`${gateway.address}/`);
  match(page.url(), /\/_gatewarden\/login/);
  await page.context().close();
});

test('the fragment of a link survives the sign-in, and a wrong password before it', { skip }, async () => {
  const page = await newPage(browser);
  await page.goto(`${gateway.address}/?tab=2#inbox/7`);
  for (const password of ['not the password', adminPassword]) {
    await page.getByLabel('Username').fill('ada');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  await page.waitForURL(`${gateway.address}/?tab=2#inbox/7`);
  await page.context().close();
});

for (const [fragment, why] of [
  ['#a\\b', 'a backslash'],
  [`#${'x'.repeat(2048)}`, 'its length'],
] as const) {
  test(`a fragment that is refused for ${why} does not take the path with it`, { skip }, async () => {
    const page = await newPage(browser);
    await page.goto(`${gateway.address}/whoami${fragment}`);
    await page.getByLabel('Username').fill('ada');
    await page.getByLabel('Password').fill(adminPassword);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => url.pathname === '/whoami');
    await page.context().close();
  });
}

test('with the keyboard alone one signs in', { skip }, async () => {
  const page = await newPage(browser);
  await page.goto(ours('/login?next=/'));
  await page.keyboard.type('ada');
  await page.keyboard.press('Tab');
  await page.keyboard.type(adminPassword);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${gateway.address}/`);
  await page.context().close();
});
