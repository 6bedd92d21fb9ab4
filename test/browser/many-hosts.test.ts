import { equal, match } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { axeFindings, newPage, noBrowser, openBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword, type RunningGateway, startGateway } from '../support/gateway.ts';
import { startLegacyApp } from '../support/installation.ts';
import { freePort } from '../support/ports.ts';

const skip = noBrowser;
const own = '/_gatewarden';

type Hosts = Readonly<{ gateway: RunningGateway; auth: string; wiki: string; git: string }> & AsyncDisposable;

/** The real command in front of three hosts, of which `auth.localhost` has the sign-in. Browsers share no cookie between them. */
async function startHosts(settings: Readonly<Record<string, string>> = {}): Promise<Hosts> {
  const [folder, legacy, port] = [await temporaryFolder(), await startLegacyApp(), await freePort()];
  const at = (name: string) => `http://${name}.localhost:${port}`;
  const config = join(folder.path, 'gatewarden.yaml');
  const routes = ['wiki', 'git'].map((name) => `  - { host: ${name}.localhost, upstream: "${legacy.url}" }\n`);
  await writeFile(config, `sign_in: public-url\nroutes:\n${routes.join('')}`);
  const given = { PUBLIC_URL: at('auth'), CONFIG: config, RULES: 'user * /**', ...settings };
  const superuser = { SUPERUSER: 'ada', SUPERUSER_PASSWORD: adminPassword };
  const gateway = await startGateway({ upstream: legacy.url, port, settings: { ...given, ...superuser } });
  return {
    ...{ gateway, auth: at('auth'), wiki: at('wiki'), git: at('git') },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await legacy[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

let browser: Browser;
let hosts: Hosts;
before(async () => {
  if (skip) return;
  hosts = await startHosts();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await hosts?.[Symbol.asyncDispose]();
});

async function signIn(page: Page, { auth }: Hosts): Promise<void> {
  equal(new URL(page.url()).origin, auth);
  await page.getByLabel('Username').fill('ada');
  await page.getByLabel('Password').fill(adminPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const user = (page: Page) => page.locator('#user').textContent();

const ways: readonly [string, BrowserContextOptions][] = [
  ['', {}],
  [', without JavaScript', { javaScriptEnabled: false }],
];

for (const [how, options] of ways) {
  test(`one sign-in for three hosts, and one sign-out${how}`, { skip }, async () => {
    const page = await newPage(browser, options);
    await page.goto(`${hosts.wiki}/?from=a%20link`);
    match((await page.locator('.lead').textContent()) ?? '', new RegExp(new URL(hosts.wiki).host));
    if (how === '') equal(await axeFindings(page), '');
    await signIn(page, hosts);
    await page.waitForURL(`${hosts.wiki}/?from=a%20link`);
    equal(await user(page), 'ada');
    await page.goto(`${hosts.git}/`);
    equal(page.url(), `${hosts.git}/`);
    equal(await user(page), 'ada');
    await page.goto(`${hosts.git}${own}/account`);
    equal(page.url(), `${hosts.auth}${own}/account`);
    equal(await page.getByText('this one').count(), 1);
    await page.goto(`${hosts.git}${own}/logout`);
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('heading', { name: 'You are signed out.' }).waitFor();
    equal(new URL(page.url()).origin, hosts.git);
    for (const origin of [hosts.wiki, hosts.git, hosts.auth]) {
      await page.goto(`${origin}/`);
      equal(new URL(page.url()).pathname, `${own}/login`, origin);
      equal(new URL(page.url()).origin, hosts.auth);
    }
    await page.context().close();
  });
}

test('an event stream at one host ends with the sign-out at another', { skip }, async () => {
  const page = await newPage(browser);
  await page.goto(`${hosts.wiki}/`);
  await signIn(page, hosts);
  await page.waitForURL(`${hosts.wiki}/`);
  await page.evaluate(`
    const stream = new EventSource('/events');
    stream.onmessage = () => document.body.setAttribute('data-stream', 'open');
    stream.onerror = () => document.body.setAttribute('data-stream', 'over');`);
  await page.locator('body[data-stream=open]').waitFor();
  const other = await page.context().newPage();
  await other.goto(`${hosts.git}${own}/login`);
  await other.goto(`${hosts.git}${own}/logout`);
  await other.getByRole('button', { name: 'Sign out', exact: true }).click();
  await other.getByRole('heading', { name: 'You are signed out.' }).waitFor();
  await page.locator('body[data-stream=over]').waitFor();
  await page.context().close();
});

test('a sign-out that leads back to the service ends at the sign-in page', { skip }, async () => {
  const page = await newPage(browser);
  await page.goto(`${hosts.wiki}/`);
  await signIn(page, hosts);
  await page.waitForURL(`${hosts.wiki}/`);
  await page.goto(`${hosts.wiki}${own}/logout?next=/`);
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL(`${hosts.auth}${own}/login?**`);
  await page.context().close();
});

test('with SameSite=Strict too, and the second host asks nothing', { skip }, async () => {
  await using strict = await startHosts({ COOKIE_SAMESITE: 'strict' });
  const page = await newPage(browser);
  await page.goto(`${strict.wiki}/`);
  await page.waitForURL(`${strict.auth}${own}/login?**`);
  await signIn(page, strict);
  await page.waitForURL(`${strict.wiki}/`);
  equal(await user(page), 'ada');
  await page.goto(`${strict.git}/`);
  await page.waitForURL(`${strict.git}/`);
  equal(await user(page), 'ada');
  await page.context().close();
});
