import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { newPage, noBrowser, openBrowser, watched } from '../support/browser.ts';
import { adminPassword } from '../support/gateway.ts';
import { type Stocked, signedIn, stocked } from './stocked.ts';

const skip = noBrowser;
const otherPassword = 'nine quiet lanterns drift';
let browser: Browser;
let here: Stocked;
before(async () => {
  if (skip) return;
  here = await stocked();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await here?.[Symbol.asyncDispose]();
});

const phone = { viewport: { width: 360, height: 700 }, isMobile: true };
const ways: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ['with JavaScript on a phone', phone],
  ['without JavaScript on a desktop', { javaScriptEnabled: false }],
];

const url = (path: string): string => `${here.gateway.address}/_gatewarden${path}`;
const main = async (page: Page): Promise<string> => (await page.locator('main').textContent()) ?? '';
const goTo = (page: Page, name: string | RegExp) => page.locator('main').getByRole('link', { name }).first().click();
const done = (page: Page) => page.locator('.notice.good').waitFor();

for (const [name, options] of ways) {
  describe(name, { skip }, () => {
    let page: Page;
    let complaints: string[];
    before(async () => {
      page = await signedIn(browser, here.gateway, options, 'vera');
      complaints = watched(page, () => new URL(here.gateway.address).host);
    });
    const flow = (what: string, run: () => Promise<void>) =>
      test(what, async () => {
        await run();
        deepEqual(complaints.splice(0), [], 'nothing breaks the policy, fails, or asks another host');
      });

    flow('the account says who one is, with which role, since and until when', async () => {
      await page.goto(url('/account'));
      match(await main(page), /vera/);
      match(await main(page), /viewer/);
      ok((await page.locator('main time').count()) >= 2);
    });

    flow('the password is changed after the reasons of two refusals, and changed back', async () => {
      const change = async (current: string, next: string, again = next) => {
        await page.locator('#password-current').fill(current);
        await page.locator('#new-password').fill(next);
        await page.locator('#new-password-again').fill(again);
        await page.locator('form[action$="/account/password"] button[type=submit]').click();
      };
      await page.goto(url('/account'));
      await change('not the password', otherPassword);
      await page.locator('#password-current[aria-invalid="true"]').waitFor();
      await change(adminPassword, otherPassword, `${otherPassword}s`);
      await page.locator('#new-password-again[aria-invalid="true"]').waitFor();
      await change(adminPassword, otherPassword);
      await done(page);
      await page.goto(url('/account'));
      await change(otherPassword, adminPassword);
      await done(page);
      const again = here.gateway.client();
      const wish = { username: 'vera', password: adminPassword };
      equal((await again.json('/_gatewarden/api/v1/login', wish)).status, 200);
    });

    flow('an API token is made with a role, scopes and an end, shown once, and revoked', async () => {
      await page.goto(url('/account/tokens'));
      await goTo(page, 'New API token');
      await page.locator('#token-name').fill('backup');
      await page.locator('#token-role').selectOption('viewer');
      await page.locator('input[name=scopes][value="report:read"]').check();
      await page.locator('#token-days').selectOption('30');
      await page.locator('#current-password').fill(adminPassword);
      await page.getByRole('button', { name: 'Make the token' }).click();
      const token = await page.locator('input.secret').inputValue();
      match(token, /^gwt_[A-Za-z0-9]{36}$/);
      const told = await here.gateway
        .client()
        .send('/_gatewarden/api/v1/session', { headers: { authorization: `Bearer ${token}` } });
      deepEqual(((await told.json()) as { scopes: string[] }).scopes, ['report:read']);
      await page.goto(url('/account/tokens'));
      ok(!(await page.content()).includes(token));
      await goTo(page, 'Revoke: backup');
      await page.locator('#current-password').fill(adminPassword);
      await page.getByRole('button', { name: 'Revoke the token' }).click();
      await done(page);
    });

    flow('one device is signed out, then all others; this one stays', async () => {
      const others = Array.from({ length: 3 }, () => here.gateway.client());
      for (const other of others) await other.form('/_gatewarden/login', { username: 'vera', password: adminPassword });
      await page.goto(url('/account/devices'));
      await goTo(page, /^Sign out: /);
      await page.locator('main form[method=post] button[type=submit]').first().click();
      await done(page);
      await goTo(page, 'Sign out all others');
      await page.getByRole('button', { name: 'Sign out the others' }).click();
      await done(page);
      const after = others.map((one) => one.send('/_gatewarden/api/v1/sessions').then(({ status }) => status));
      deepEqual(await Promise.all(after), [401, 401, 401]);
      equal(await page.locator('main').getByText('This device').count(), 1);
    });

    flow('one’s own activity is read and saved, and nobody else’s', async () => {
      await page.goto(url('/account/activity'));
      const [download] = await Promise.all([page.waitForEvent('download'), goTo(page, /CSV/)]);
      const saved = await readFile((await download.path()) ?? '', 'utf8');
      const rows = saved.trim().split('\r\n').slice(1);
      ok(rows.length > 3);
      const ofOthers = rows.filter((row) => !row.includes('"vera"') && !row.includes('"user:vera"'));
      deepEqual(ofOthers, []);
    });

    flow('the sign-out asks when a service links to it', async () => {
      await page.goto(url('/logout?next=/whoami'));
      await page.locator('main').getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(/login/);
      await page.context().close();
    });
  });
}

test('a password is shown and hidden again; a wrong one is told, then waiting only after a right one', {
  skip,
}, async () => {
  const page = await newPage(browser, phone);
  await page.goto(url('/login?next=/whoami'));
  await page.locator('#username').fill('waiting');
  await page.locator('#password').fill(otherPassword);
  await page.locator('[data-reveal]').click();
  equal(await page.locator('#password').getAttribute('type'), 'text');
  await page.locator('[data-reveal]').click();
  equal(await page.locator('#password').getAttribute('type'), 'password');
  await page.locator('#password').fill('not the password');
  await page.locator('form button[type=submit]').click();
  await page.getByRole('alert').filter({ hasText: 'not right' }).waitFor();
  await page.locator('#password').fill(otherPassword);
  await page.locator('form button[type=submit]').click();
  await page.getByRole('alert').filter({ hasText: 'administrator' }).waitFor();
  for (let at = 0; at < 6; at += 1) {
    await page.locator('#password').fill('not the password');
    await page.locator('form button[type=submit]').click();
    await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
  }
  await page
    .getByRole('alert')
    .filter({ hasText: /Too many.*(minute|second)/ })
    .waitFor();
  await page.context().close();
});

test('a weak password is told before it is typed a second time', { skip }, async () => {
  const page = await newPage(browser);
  await page.goto(url('/signup'));
  await page.locator('#username').fill('yvonne');
  await page.locator('#password').fill('password1234');
  await page.locator('#password-again').focus();
  await page.locator('#password[aria-invalid="true"]').waitFor();
  await page.locator('#password').fill('seven herons in the reeds');
  await page.locator('#password-again').fill('seven herons in the reeds');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByRole('heading', { name: /account/ }).waitFor();
  await page.context().close();
});

test('a refused page names who one is and what is needed, with a request id to quote', { skip }, async () => {
  const page = await signedIn(browser, here.gateway, { locale: 'de-DE' }, 'vera');
  const answer = await page.goto(`${here.gateway.address}/operator`);
  equal(answer?.status(), 403);
  const said = await main(page);
  match(said, /vera/);
  match(said, /operator/);
  ok(said.includes((await answer?.headerValue('x-request-id')) ?? 'none'));
  equal(await page.locator('html').getAttribute('lang'), 'de');
  await page.context().close();
});
