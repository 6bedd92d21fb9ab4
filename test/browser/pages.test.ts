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

async function changePassword(page: Page, current: string, next: string): Promise<void> {
  const form = page.locator('form[action$="/account/password"]');
  await form.getByLabel('Current password').fill(current);
  await form.getByLabel('New password', { exact: true }).fill(next);
  await form.getByLabel('New password again').fill(next);
  await form.getByRole('button', { name: 'Change the password' }).click();
  // The answer has a form with empty fields.
  await form.locator('#new-password:invalid').waitFor();
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with' : 'without';
  test(`${how} JavaScript one changes the password, makes an API token and revokes it`, { skip }, async () => {
    const page = await newPage(browser, { javaScriptEnabled });
    await signIn(page);
    await changePassword(page, adminPassword, 'nine quiet lanterns drift');
    await page.getByRole('status').filter({ hasText: 'Your password is changed' }).waitFor();
    await changePassword(page, 'nine quiet lanterns drift', adminPassword);
    await page.getByRole('link', { name: 'API tokens' }).click();
    await page.getByRole('link', { name: 'New API token' }).click();
    await page.getByLabel('Name').fill('backup');
    await page.getByLabel('Ends after').selectOption('30');
    await page.getByLabel('Current password').fill(adminPassword);
    await page.getByRole('button', { name: 'Make the token' }).click();
    match(await page.getByLabel('Token', { exact: true }).inputValue(), /^gwt_[A-Za-z0-9]{36}$/);
    await page.getByRole('link', { name: 'I have copied it' }).click();
    await page.getByRole('link', { name: 'Revoke: backup' }).click();
    await page.getByLabel('Current password').fill(adminPassword);
    await page.getByRole('button', { name: 'Revoke the token' }).click();
    await page.getByRole('status').filter({ hasText: 'The token is revoked' }).waitFor();
    match((await page.locator('main').textContent()) ?? '', /You have no API tokens/);
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
