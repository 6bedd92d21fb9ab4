import { deepEqual, equal, match, ok } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { axeFindings, newPage, noBrowser, openBrowser } from '../support/browser.ts';
import { adminPassword, type RunningGateway } from '../support/gateway.ts';
import { startDemo } from '../support/installation.ts';
import { freePort } from '../support/ports.ts';
import { pageAddresses } from './stocked.ts';

const skip = noBrowser;

let browser: Browser;
let gateway: RunningGateway & AsyncDisposable;
let [atPublic, atAdmin] = ['', ''];

before(async () => {
  if (skip) return;
  const port = await freePort();
  [atPublic, atAdmin] = [`http://app.localhost:${port}`, `http://accounts.localhost:${port}`];
  gateway = await startDemo({ port, settings: { PUBLIC_URL: atPublic, ADMIN_URL: atAdmin } });
  await gateway.firstAdmin();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await gateway?.[Symbol.asyncDispose]();
});

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Username').fill('ada');
  await page.getByLabel('Password').fill(adminPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** What a script of the page gets: the status, or that the browser kept the answer from it. */
const fetched = (page: Page, url: string, init: object): Promise<string> =>
  page.evaluate(
    ([to, options]) =>
      fetch(to as string, options as RequestInit).then(
        ({ status }) => String(status),
        () => 'no answer',
      ),
    [url, init],
  );

test('from the service to the account page: two sign-ins, and then a token without a password', { skip }, async () => {
  const page = await newPage(browser);
  await page.goto(`${atPublic}/`);
  await signIn(page);
  await page.waitForURL(`${atPublic}/`);
  await page.goto(`${atPublic}/_gatewarden/account`);
  equal(page.url(), `${atAdmin}/_gatewarden/login?next=%2F_gatewarden%2Faccount`);
  await signIn(page);
  await page.waitForURL(`${atAdmin}/_gatewarden/account`);
  equal(await axeFindings(page), '');
  await page.goto(`${atAdmin}/_gatewarden/account/tokens/new`);
  await page.locator('#token-name').fill('backup');
  await page.getByRole('button', { name: 'Make the token' }).click();
  match(await page.getByLabel('Token', { exact: true }).inputValue(), /^gwt_/);
  await page.getByRole('link', { name: 'I have copied it' }).click();
  await page.getByRole('link', { name: 'Revoke: backup' }).click();
  await page.getByRole('button', { name: 'Revoke the token' }).click();
  await page.getByRole('status').filter({ hasText: 'The token is revoked' }).waitFor();
  await page.goto(`${atAdmin}/`);
  equal(page.url(), `${atAdmin}/_gatewarden/account`);
  await page.context().close();
});

test('a script of the service changes nothing, here or there', { skip }, async () => {
  const page = await newPage(browser);
  for (const site of [atAdmin, atPublic]) {
    await page.goto(`${site}/_gatewarden/login`);
    await signIn(page);
  }
  await page.goto(`${atPublic}/whoami`);
  const body = JSON.stringify({ username: 'puppet', role: 'admin', password: adminPassword });
  const call = { method: 'POST', credentials: 'include', headers: { 'content-type': 'application/json' }, body };
  const simple = { ...call, headers: { 'content-type': 'text/plain' } };
  const blind = { ...simple, mode: 'no-cors' };
  const users = '/_gatewarden/api/v1/users';
  deepEqual(
    [
      await fetched(page, atPublic + users, call),
      await fetched(page, atAdmin + users, call),
      await fetched(page, atAdmin + users, simple),
      await fetched(page, atAdmin + users, blind),
      await fetched(page, atAdmin + users, { credentials: 'include' }),
      await fetched(page, `${atAdmin}/_gatewarden/account`, { credentials: 'include' }),
    ],
    ['421', 'no answer', 'no answer', 'no answer', 'no answer', 'no answer'],
  );
  const program = gateway.client();
  const pair = await program.json('/_gatewarden/api/v1/login', { username: 'ada', password: adminPassword });
  const { token } = (await pair.json()) as { token: string };
  const named: unknown = await (await program.send(users, { headers: { authorization: `Bearer ${token}` } })).json();
  deepEqual(
    (named as { items: { username: string }[] }).items.map((one) => one.username),
    ['ada'],
  );
  await page.context().close();
});

test('signed in at the service, the way from its sign-in form leads to the account page', { skip }, async () => {
  const page = await newPage(browser);
  await page.goto(`${atPublic}/_gatewarden/login?next=/_gatewarden/account`);
  await signIn(page);
  await page.waitForURL(`${atAdmin}/_gatewarden/login?next=%2F_gatewarden%2Faccount`);
  await page.context().close();
});

test('every page of the account and the administration is at ADMIN_URL and nowhere else', { skip }, async () => {
  const page = await newPage(browser);
  await page.goto(`${atAdmin}/_gatewarden/login?next=/_gatewarden/admin`);
  await signIn(page);
  await page.waitForURL(`${atAdmin}/_gatewarden/admin`);
  await page.goto(`${atPublic}/_gatewarden/login`);
  await signIn(page);
  const own = pageAddresses({ username: 'ada', client_id: 'none', id: 'none' }).filter(({ forAnyone }) => !forAnyone);
  ok(own.length > 30);
  const answered: string[] = [];
  for (const { path, target } of own) {
    const status = await fetched(page, `${atPublic}/_gatewarden${target}`, { credentials: 'include' });
    if (status !== '421') answered.push(`${path} ${status}`);
  }
  deepEqual(answered, []);
  for (const path of ['/admin', '/admin/users', '/account/tokens']) {
    await page.goto(`${atPublic}/_gatewarden${path}`);
    equal(page.url(), `${atAdmin}/_gatewarden${path}`);
  }
  await page.getByRole('link', { name: 'Administration' }).click();
  equal(page.url(), `${atAdmin}/_gatewarden/admin`);
  await page.context().close();
});
