import { equal, match } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { axeFindings, newPage, noBrowser, openBrowser, typeNewPassword } from '../support/browser.ts';
import { adminPassword, type RunningGateway, startGateway } from '../support/gateway.ts';
import type { Client } from '../support/http.ts';

let browser: Browser;
let gateway: RunningGateway & AsyncDisposable;
let admin: Client;
const skip = noBrowser;

before(async () => {
  if (skip) return;
  gateway = await startGateway({ upstream: 'http://127.0.0.1:1', settings: { SIGNUP: 'invite' } });
  admin = await gateway.firstAdmin('ada');
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await gateway?.[Symbol.asyncDispose]();
});

async function invitation(): Promise<Readonly<{ code: string; url: string }>> {
  const wish = { role: 'viewer', current_password: adminPassword };
  const answer = await admin.json('/_gatewarden/api/v1/invitations', wish);
  return (await answer.json()) as { code: string; url: string };
}

async function signUp(page: Page, username: string): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await typeNewPassword(page, 'nine quiet lanterns drift');
  await page.getByRole('button', { name: 'Sign up' }).click();
}

test('the link of an invitation fills it in, and takes it out of the address bar', { skip }, async () => {
  const page = await newPage(browser);
  const { code, url } = await invitation();
  await page.goto(url.replace(/^https?:\/\/[^/]+/, gateway.address));
  equal(await page.getByLabel('Invitation').inputValue(), code);
  equal(page.url(), `${gateway.address}/_gatewarden/signup`);
  equal(await axeFindings(page), '');
  await signUp(page, 'vera');
  await page.getByRole('heading', { name: 'Your account is ready.' }).waitFor();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Username').fill('vera');
  await page.getByLabel('Password').fill('nine quiet lanterns drift');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.goto(`${gateway.address}/_gatewarden/account`);
  match((await page.locator('main').textContent()) ?? '', /vera/);
  await page.context().close();
});

test('without JavaScript the invitation is pasted, on a phone in the dark', { skip }, async () => {
  const page = await newPage(browser, {
    javaScriptEnabled: false,
    viewport: { width: 320, height: 640 },
    colorScheme: 'dark',
  });
  const { code } = await invitation();
  await page.goto(`${gateway.address}/_gatewarden/login`);
  await page.getByRole('link', { name: 'Sign up' }).click();
  await page.getByLabel('Invitation').fill(code);
  await signUp(page, 'wim');
  await page.getByRole('heading', { name: 'Your account is ready.' }).waitFor();
  await page.context().close();
});

test('what is wrong stands at its field', { skip }, async () => {
  const page = await newPage(browser, { colorScheme: 'dark' });
  await page.goto(`${gateway.address}/_gatewarden/signup`);
  await page.getByLabel('Invitation').fill('gwi_wrong');
  await signUp(page, 'xeno');
  match((await page.locator('#invitation-hint').textContent()) ?? '', /cannot be used/);
  equal(await axeFindings(page), '');
  await page.context().close();
});
