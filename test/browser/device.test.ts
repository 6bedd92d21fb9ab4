import { equal, match, ok } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { axeFindings, newPage, noBrowser, openBrowser } from '../support/browser.ts';
import { adminPassword, type RunningGateway } from '../support/gateway.ts';
import { startDemo } from '../support/installation.ts';

const skip = noBrowser;
const grantType = 'urn:ietf:params:oauth:grant-type:device_code';

let browser: Browser;
let gateway: RunningGateway & AsyncDisposable;
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

type Codes = { device_code: string; user_code: string; verification_uri: string; verification_uri_complete: string };

async function send(path: string, fields: Record<string, string>): Promise<Response> {
  const body = new URLSearchParams({ client_id: 'gatewarden', ...fields });
  const headers = { 'user-agent': 'gatewarden/1.0 (linux)' };
  return fetch(`${gateway.address}/_gatewarden/oauth${path}`, { method: 'POST', body, headers });
}

const begin = async () => (await (await send('/device_authorization', {})).json()) as Codes;

/** `granted`, or the error. */
async function poll({ device_code }: Codes): Promise<unknown> {
  const answer = await send('/token', { grant_type: grantType, device_code });
  const body = (await answer.json()) as { error?: string };
  return answer.ok ? 'granted' : body.error;
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Username').fill('ada');
  await page.getByLabel('Password').fill(adminPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const textOf = async (page: Page) => (await page.locator('main').textContent()) ?? '';

for (const javaScriptEnabled of [true, false]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const how = `${javaScriptEnabled ? 'with' : 'without'} JavaScript, in ${colorScheme}`;
    test(`from the link of a device to its tokens, ${how}`, { skip }, async () => {
      const page = await newPage(browser, { javaScriptEnabled, colorScheme });
      const device = await begin();
      await page.goto(device.verification_uri_complete);
      await signIn(page);
      await page.waitForURL(device.verification_uri_complete);
      equal(await page.getByLabel('Code').inputValue(), device.user_code);
      // axe needs JavaScript.
      if (javaScriptEnabled) equal(await axeFindings(page), '');
      await page.getByRole('button', { name: 'Continue' }).click();
      match(
        await textOf(page),
        /the gatewarden command[\s\S]*127\.0\.0\.1[\s\S]*Approve only what you have started yourself/,
      );
      if (javaScriptEnabled) equal(await axeFindings(page), '');
      await page.getByLabel('Current password').fill('not the password');
      await page.getByRole('button', { name: 'Approve' }).click();
      match((await page.getByRole('alert').textContent()) ?? '', /Your current password is not right/);
      if (javaScriptEnabled) equal(await axeFindings(page), '');
      equal(await poll(device), 'authorization_pending');
      await page.getByLabel('Current password').fill(adminPassword);
      await page.getByRole('button', { name: 'Approve' }).click();
      match(await textOf(page), /The device is approved[\s\S]*You may close this window/);
      if (javaScriptEnabled) equal(await axeFindings(page), '');
      equal(await poll(device), 'granted');
      await page.context().close();
    });
  }
}

test('with the keyboard alone a code is typed and the device refused, without a password', { skip }, async () => {
  const page = await newPage(browser);
  const device = await begin();
  await page.goto(device.verification_uri);
  await signIn(page);
  await page.waitForURL(device.verification_uri);
  await page.keyboard.type('bcdf ghjk');
  await page.keyboard.press('Enter');
  match((await page.getByRole('alert').textContent()) ?? '', /This code is not valid/);
  match(await page.title(), /^Error:/);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(device.user_code.replace('-', '').toLowerCase());
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Let this device sign in as ada?' }).waitFor();
  const stops: string[] = [];
  for (let at = 0; at < 3; at += 1) {
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    stops.push((await focused.getAttribute('name')) ?? (await focused.textContent()) ?? '');
  }
  equal(stops.join(', '), 'current_password, Approve, Refuse');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'The device is refused.' }).waitFor();
  equal(await poll(device), 'access_denied');
  await page.context().close();
});

test('on a phone the question fits, and nothing breaks the policy of the page', { skip }, async () => {
  const page = await newPage(browser, { viewport: { width: 320, height: 640 }, isMobile: true });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  const device = await begin();
  await page.goto(device.verification_uri_complete);
  await signIn(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Current password').waitFor();
  equal(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'), 0);
  equal(complaints.join('\n'), '');
  ok((await textOf(page)).includes(device.user_code));
  await page.context().close();
});
