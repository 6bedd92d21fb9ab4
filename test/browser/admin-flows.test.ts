import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { newPage, noBrowser, openBrowser, watched } from '../support/browser.ts';
import { adminPassword } from '../support/gateway.ts';
import { longName, type Stocked, signedIn, stocked } from './stocked.ts';

const skip = noBrowser;
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
const ways: readonly (readonly [name: string, options: BrowserContextOptions, mark: string])[] = [
  ['with JavaScript on a desktop', {}, 'js'],
  ['without JavaScript on a phone', { javaScriptEnabled: false, ...phone }, 'plain'],
];

const url = (path: string): string => `${here.gateway.address}/_gatewarden${path}`;
const main = async (page: Page): Promise<string> => (await page.locator('main').textContent()) ?? '';
const goTo = (page: Page, name: string | RegExp) => page.locator('main').getByRole('link', { name }).first().click();

/** Types the admin's password where the page asks for it, and sends the form. */
async function send(page: Page): Promise<void> {
  await page.locator('#current-password').fill(adminPassword);
  await page.locator('main form[method=post] button[type=submit]').click();
}

/** The same, until the form has given way to what comes after it. */
async function confirm(page: Page): Promise<void> {
  await send(page);
  await page.locator('#current-password').waitFor({ state: 'detached' });
}

/** The notice after a change; with JavaScript it has the focus. */
async function done(page: Page, what: RegExp): Promise<void> {
  await page.locator('.notice.good', { hasText: what }).waitFor();
}

for (const [name, options, mark] of ways) {
  describe(name, { skip }, () => {
    let page: Page;
    let complaints: string[];
    before(async () => {
      page = await signedIn(browser, here.gateway, options);
      complaints = watched(page, () => new URL(here.gateway.address).host);
    });
    const flow = (what: string, run: () => Promise<void>) =>
      test(what, async () => {
        await run();
        deepEqual(complaints.splice(0), [], 'nothing breaks the policy, fails, or asks another host');
      });

    flow('a user is made, found, edited, deactivated, activated and deleted', async () => {
      const user = `made-${mark}`;
      await page.goto(url('/admin/users'));
      await goTo(page, 'New user');
      await page.locator('#new-name').fill('off');
      await send(page);
      await page.locator('#new-name[aria-invalid="true"]').waitFor();
      await page.locator('#new-name').fill(user);
      await page.locator('#display-name').fill('<b>Made</b> here');
      await page.locator('#role').selectOption('viewer');
      await page.locator('#new-password').fill(adminPassword);
      await confirm(page);
      await page.getByRole('heading', { name: user }).waitFor();
      await page.goto(url('/admin/users'));
      await page.locator('#q').fill(user.slice(0, 6));
      await page.locator('#role').selectOption('viewer');
      await page.getByRole('button', { name: 'Show', exact: true }).click();
      await page.locator('main table').getByRole('link', { name: user }).first().click();
      await goTo(page, 'Edit');
      equal(await page.locator('#display-name').inputValue(), '<b>Made</b> here');
      await page.locator('#role').selectOption('operator');
      await confirm(page);
      await page.getByText('operator').first().waitFor();
      for (const [link, state] of [
        ['Deactivate', /disabled|deactivated/i],
        ['Activate', /active/i],
      ] as const) {
        await goTo(page, link);
        await confirm(page);
        await page.getByRole('heading', { name: user, exact: false }).first().waitFor();
        match(await main(page), state);
      }
      await goTo(page, 'End sessions');
      await confirm(page);
      await page.getByRole('heading', { name: user, exact: false }).first().waitFor();
      await goTo(page, 'Delete');
      await confirm(page);
      await page.waitForURL(/\/admin\/users(\?|$)/);
      equal((await here.admin.send(`/_gatewarden/api/v1/users/${user}`)).status, 404);
    });

    flow('who waits is activated; several users at once are deactivated and activated', async () => {
      const stranger = here.gateway.client();
      const wish = { username: `waits-${mark}`, password: 'nine quiet lanterns drift' };
      equal((await stranger.json('/_gatewarden/api/v1/signup', wish)).status, 201);
      await page.goto(url('/admin/users?state=pending'));
      await page.locator('main table').getByRole('link', { name: wish.username }).first().click();
      await goTo(page, 'Activate');
      await confirm(page);
      await page.getByRole('heading', { name: wish.username, exact: false }).first().waitFor();
      equal((await stranger.json('/_gatewarden/api/v1/login', wish)).status, 200);
      await page.goto(url('/admin/users'));
      for (const user of ['vera', wish.username]) {
        await page.locator(`input[type=checkbox][name=user][value="${user}"]`).last().check();
      }
      await page.locator('#do').selectOption('deactivate');
      await page.getByRole('button', { name: 'Go on' }).click();
      match(await main(page), /vera/);
      await confirm(page);
      equal((await stranger.json('/_gatewarden/api/v1/login', wish)).status, 403);
      await here.admin.json(
        '/_gatewarden/api/v1/users/vera',
        { active: true, current_password: adminPassword },
        { method: 'PATCH' },
      );
    });

    flow('an invitation is made, its link signs somebody up, another is withdrawn', async () => {
      await page.goto(url('/admin/invitations'));
      await goTo(page, 'New invitation');
      await page.locator('#note').fill(`for ${mark}`);
      await page.locator('#role').selectOption('viewer');
      await confirm(page);
      const link = await page.locator('input.secret').first().inputValue();
      match(link, /\/signup#invitation=gwi_/);
      if (mark === 'js') {
        await page.getByRole('button', { name: 'Copy' }).first().click();
        await page.getByRole('button', { name: 'Copied' }).waitFor();
      }
      const guest = await newPage(browser, options);
      await guest.goto(link);
      if (mark === 'plain') await guest.locator('#invitation').fill(link.split('=').at(-1) ?? '');
      await guest.locator('#username').fill(`guest-${mark}`);
      await guest.locator('#password').fill('nine quiet lanterns drift');
      await guest.locator('#password-again').fill('nine quiet lanterns drift');
      await guest.getByRole('button', { name: 'Sign up' }).click();
      await guest.getByRole('heading', { name: 'Your account is ready.' }).waitFor();
      await guest.context().close();
      await page.goto(url('/admin/invitations'));
      await goTo(page, /^Withdraw/);
      await confirm(page);
      await done(page, /./);
    });

    flow('a client is made, shown its secret once, given a second one, edited, deactivated and deleted', async () => {
      const id = `client-${mark}`;
      await page.goto(url('/admin/clients'));
      await goTo(page, 'New client');
      await page.locator('#name').fill('Nightly');
      await page.locator('#client-id').fill(id);
      await confirm(page);
      match(await page.locator('input.secret[value^=gws_]').inputValue(), /^gws_/);
      await page.goto(url(`/admin/clients/${id}`));
      ok(!(await page.content()).includes('gws_'));
      await goTo(page, 'Add a secret');
      await confirm(page);
      match(await page.locator('input.secret[value^=gws_]').inputValue(), /^gws_/);
      await page.goto(url(`/admin/clients/${id}`));
      for (const link of ['End the older secret', 'End its tokens', 'Deactivate', 'Activate']) {
        await goTo(page, link);
        await confirm(page);
        await done(page, /./);
      }
      await goTo(page, 'Edit the client');
      await page.locator('#name').fill('Nightly run');
      await confirm(page);
      await page.getByRole('heading', { name: 'Nightly run', exact: false }).first().waitFor();
      await goTo(page, 'Delete the client');
      await confirm(page);
      await done(page, /./);
      equal((await here.admin.send(`/_gatewarden/api/v1/clients/${id}`)).status, 404);
    });

    flow('sessions are listed by user, and ended one by one and all together', async () => {
      const visitor = here.gateway.client();
      for (let at = 0; at < 3; at += 1)
        await here.gateway.client().form('/_gatewarden/login', { username: longName, password: adminPassword });
      await visitor.form('/_gatewarden/login', { username: longName, password: adminPassword });
      await page.goto(url('/admin/sessions'));
      await page.locator('#user').fill(longName);
      await page.getByRole('button', { name: 'Show', exact: true }).click();
      await page.locator('input[name=session]').first().check();
      await page.getByRole('button', { name: /End the selected sessions/ }).click();
      await confirm(page);
      await done(page, /./);
      equal((await visitor.send('/_gatewarden/account', { headers: { accept: 'application/json' } })).status, 401);
      await page.goto(url(`/admin/sessions/end-all?user=${longName}`));
      await confirm(page);
      await done(page, /./);
    });

    flow('the audit log is filtered, and saved as it is shown', async () => {
      await page.goto(url('/admin/audit'));
      await page.locator('#event').selectOption('login.succeeded');
      await page.locator('#actor').fill('ada');
      await page.getByRole('button', { name: 'Filter' }).click();
      await page.waitForURL(/actor=ada/);
      equal(await page.locator('main table tbody tr', { hasText: 'Sign-in failed' }).count(), 0);
      const [download] = await Promise.all([page.waitForEvent('download'), goTo(page, 'Save as CSV')]);
      const saved = await readFile((await download.path()) ?? '', 'utf8');
      match(saved, /^"time","event","actor"/);
      ok(saved.split('\n').length > 2);
      ok(!saved.includes('login.failed'));
    });

    flow('the rules are shown, and what would happen', async () => {
      await page.goto(url('/admin/rules'));
      match(await main(page), /\/operator\/\*\*/);
      await page.locator('#url, #target').first().fill('/operator/x');
      await page.locator('#as').fill('vera');
      await page.locator('main form').getByRole('button').first().click();
      await page.waitForURL(/as=vera/);
      match(await main(page), /insufficient_role|role/);
    });

    flow('settings and health are shown, no secret among them', async () => {
      await page.goto(url('/admin/settings'));
      match(await main(page), /GATEWARDEN_RULES/);
      await page.goto(url('/admin/health'));
      match(await main(page), /sqlite/i);
    });

    flow('one signs out from the bar at the top', async () => {
      await page.goto(url('/admin'));
      await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(/\/login/);
    });
  });
}
