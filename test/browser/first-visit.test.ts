import { equal, match, ok } from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { newPage, noBrowser, openBrowser, typeNewPassword } from '../support/browser.ts';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword, type RunningGateway } from '../support/gateway.ts';
import { startDemo } from '../support/installation.ts';

let browser: Browser;
let gateway: RunningGateway & AsyncDisposable;
let page: Page;
const skip = noBrowser;
const megabytes = 200;

before(async () => {
  if (skip) return;
  gateway = await startDemo();
  browser = await openBrowser();
  page = await newPage(browser);
});

after(async () => {
  await browser?.close();
  await gateway?.[Symbol.asyncDispose]();
});

const text = (id: string) => page.locator(`#${id}`).textContent();
const shows = (id: string, what: RegExp) => page.locator(`#${id}`).filter({ hasText: what }).waitFor();

test('the printed setup link makes the first admin, who lands on the service signed in', { skip }, async () => {
  await page.goto(await gateway.setupLink());
  equal(page.url(), `${gateway.address}/_gatewarden/setup`);
  await page.getByLabel('Username').fill('ada');
  await typeNewPassword(page, adminPassword);
  await page.getByRole('button', { name: 'Make the administrator' }).click();
  await page.waitForURL(`${gateway.address}/`);
  equal(await text('user'), 'ada');
});

test('without JavaScript the printed token is pasted', { skip }, async () => {
  await using other = await startDemo();
  const [token] = await other.process.printed(/(?<=setup token there:\n\n {2})\S+/);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(await other.setupLink());
  await plain.getByLabel('Setup token').fill(token);
  await plain.getByLabel('Username').fill('ada');
  await typeNewPassword(plain, adminPassword);
  await plain.getByRole('button', { name: 'Make the administrator' }).click();
  await plain.waitForURL(`${other.address}/`);
  await context.close();
});

test('the setup link works once', { skip }, async () => {
  const again = await newPage(browser);
  equal((await again.goto(await gateway.setupLink()))?.status(), 404);
  await again.context().close();
});

test('a file of 200 MB goes through, and the memory stays flat', { skip }, async (t) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'large.bin');
  const file = await open(path, 'w');
  await file.truncate(megabytes * 1024 * 1024);
  await file.close();
  const before = await gateway.memory();
  await page.locator('input[type=file]').setInputFiles(path);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText(`${megabytes * 1024 * 1024} bytes arrived`).waitFor({ timeout: 60_000 });
  const { peak } = await gateway.memory();
  t.diagnostic(`resident memory: ${Math.round(before.now)} MB before, ${Math.round(peak)} MB at most`);
  ok(peak - before.now < megabytes * 0.6, `from ${before.now} MB to ${peak} MB`);
});

test('a restart of the process keeps the session', { skip }, async () => {
  await page.goto('about:blank');
  await gateway.restart();
  await page.goto(`${gateway.address}/`);
  equal(await text('user'), 'ada');
});

test('a WebSocket and an event stream stay open, and close when the user signs out', { skip }, async () => {
  await page.goto(`${gateway.address}/`);
  await shows('socket', /tick/);
  await shows('events', /event [2-9]/);
  await page.getByLabel('A message').fill('over the socket');
  await page.getByRole('button', { name: 'Say' }).click();
  await shows('socket', /over the socket/);

  const other = await page.context().newPage();
  await other.goto(`${gateway.address}/_gatewarden/account`);
  await other.getByRole('button', { name: 'Sign out', exact: true }).click();
  await shows('socket', /^closed$/);
  await shows('events', /^closed$/);
  await other.close();
});

test('after it the next request goes to the sign-in page, and back from there', { skip }, async () => {
  await page.goto(`${gateway.address}/operator?tab=2`);
  match(page.url(), /\/_gatewarden\/login\?next=/);
  await page.getByLabel('Username').fill('ada');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  match((await page.getByRole('alert').textContent()) ?? '', /not right/);
  await page.getByLabel('Password').fill(adminPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${gateway.address}/operator?tab=2`);
  equal(await text('user'), 'ada');
});
