import { equal, match } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { axeFindings, newPage, noBrowser, openBrowser, typeNewPassword } from '../support/browser.ts';
import { adminPassword, type RunningGateway } from '../support/gateway.ts';
import { startDemo } from '../support/installation.ts';

let browser: Browser;
let gateway: RunningGateway & AsyncDisposable;
let setupLink: string;
const skip = noBrowser;

before(async () => {
  if (skip) return;
  gateway = await startDemo();
  setupLink = await gateway.setupLink();
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

type Shown = Readonly<{ name: string; first?: () => Promise<unknown>; open: (page: Page) => Promise<unknown> }>;

/** Every page, the way there, and what must be done once before; in order: the setup is gone with the first admin. */
const pages: readonly Shown[] = [
  { name: 'setup', open: (page) => page.goto(setupLink) },
  { name: 'setup with problems', open: (page) => setUp(page, 'a b', 'password') },
  { name: 'setup that is done', first: () => gateway.firstAdmin(), open: (page) => page.goto(setupLink) },
  { name: 'sign-in', open: (page) => page.goto(ours('/login')) },
  { name: 'sign-in that failed', open: (page) => signIn(page, 'ada', 'not the password') },
  { name: 'account', open: (page) => signIn(page) },
  {
    name: 'sign-out question',
    open: (page) => signIn(page).then(() => page.goto(ours('/logout?next=/'))),
  },
  {
    name: 'account with a wrong current password',
    open: (page) => signIn(page).then(() => changePassword(page, 'not the password', adminPassword)),
  },
  { name: 'something that is not there', open: (page) => page.goto(ours('/nothing')) },
  {
    name: 'a refusal',
    first: addViewer,
    open: (page) => signIn(page, 'vera').then(() => page.goto(`${gateway.address}/operator`)),
  },
];

async function setUp(page: Page, username: string, password: string): Promise<void> {
  await page.goto(setupLink);
  await page.getByLabel('Username').fill(username);
  await typeNewPassword(page, password);
  await page.locator('form').evaluate((form: { noValidate: boolean }) => {
    form.noValidate = true;
  });
  await page.getByRole('button', { name: 'Make the administrator' }).click();
}

const looks: readonly [name: string, options: BrowserContextOptions][] = [
  ['in light', { colorScheme: 'light' }],
  ['in dark', { colorScheme: 'dark' }],
  ['on a phone', { viewport: { width: 320, height: 640 }, isMobile: true }],
];

for (const { name, first, open } of pages) {
  test(`${name}: axe finds nothing, in light, in dark and on a phone`, { skip }, async () => {
    await first?.();
    for (const [look, options] of looks) {
      const page = await newPage(browser, options);
      const refused: string[] = [];
      page.on(
        'console',
        (message) => void (message.text().includes('Content Security Policy') && refused.push(message.text())),
      );
      await open(page);
      equal(await axeFindings(page), '', look);
      equal(refused.join('\n'), '', 'nothing on the page breaks its own policy');
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      equal(await page.evaluate(overflow), 0, `${look}: nothing sticks out sideways`);
      await page.context().close();
    }
  });
}

async function addViewer(): Promise<void> {
  const admin = gateway.client();
  await admin.form('/_gatewarden/login', { username: 'ada', password: adminPassword });
  const user = { username: 'vera', password: adminPassword, role: 'viewer', current_password: adminPassword };
  await admin.json('/_gatewarden/api/v1/users', user);
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
