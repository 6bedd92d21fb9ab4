/**
 * Takes a picture of every page, in light, in dark and on a phone: `npm run pictures`. All go to `pictures`, which is not committed; the
 * README's go to `docs/pictures`, and nothing else writes there. The installation has ten thousand users, and names as long as they may be.
 */
import { mkdir, rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { fillPages } from '../../bench/pages/fill.ts';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { openStores } from '../../lib/stores/open.ts';
import { newPage, openBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/folders.ts';
import { startDemo } from '../support/installation.ts';
import { pageAddresses, signedIn, stock, stockedSettings } from './stocked.ts';

const [chosen, all] = ['docs/pictures', 'pictures'];

/** Which pages the README shows, in light, by their file. */
const inReadme: Readonly<Record<string, string>> = {
  account: 'account',
  admin: 'admin',
  'admin-users': 'users',
};

await rm(all, { recursive: true, force: true });
for (const folder of [chosen, all]) await mkdir(folder, { recursive: true });

const secretKey = makeSecretKey();
await using folder = await temporaryFolder();
await fill(folder.path);
const settings = { ...stockedSettings, SECRET_KEY: secretKey };
// The port that the README names.
await using gateway = await startDemo({ port: 8080, dataDir: folder.path, settings });
const browser = await openBrowser();
// Without a window Chromium calls itself something that no person's browser does.
const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version().split('.')[0]}.0.0.0 Safari/537.36`;
const desk = { viewport: { width: 1120, height: 800 }, deviceScaleFactor: 1.5, userAgent };
const looks = {
  light: { ...desk, colorScheme: 'light' },
  dark: { ...desk, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 740 }, deviceScaleFactor: 1.5, isMobile: true, userAgent },
} as const;

/** Users, sessions and an audit log of some months, as an installation has that was used for a while. */
async function fill(dataDir: string): Promise<void> {
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const resolved = loadSettings({ env: {}, given: { dataDir, secretKey: [secretKey] }, applies: 'middleware' });
  const { stores } = await openStores(resolved.settings, quiet);
  await fillPages(stores, { users: 10_000, sessions: 150, audit: 20_000 }, Date.now());
  await stores.close();
}

async function picture(page: Page, path: string, fullPage = false): Promise<void> {
  await page.screenshot({ path, fullPage });
  console.log(path);
}

/** The first visit, as the README tells it. */
async function firstVisit(): Promise<void> {
  const page = await newPage(browser, looks.light);
  await page.goto(await gateway.setupLink());
  await picture(page, `${chosen}/setup.png`);
  await page.context().close();
}

async function service(): Promise<void> {
  const page = await signedIn(browser, gateway, looks.light);
  await page.goto(`${gateway.address}/`);
  await page.locator('#events').filter({ hasText: 'event 2' }).waitFor();
  await picture(page, `${chosen}/service.png`);
  await page.context().close();
}

async function signIns(): Promise<void> {
  for (const [look, file] of Object.entries({ light: 'sign-in', dark: 'sign-in-dark', phone: 'sign-in-phone' })) {
    const page = await newPage(browser, looks[look as keyof typeof looks]);
    await page.goto(`${gateway.address}/`);
    await picture(page, `${chosen}/${file}.png`);
    await page.context().close();
  }
}

await firstVisit();
const { params } = await stock(gateway);
await service();
await signIns();
for (const [look, options] of Object.entries(looks)) {
  const visitor = await newPage(browser, options);
  const admin = await signedIn(browser, gateway, options);
  for (const { path, target, forAnyone } of pageAddresses(params)) {
    const page = forAnyone ? visitor : admin;
    await page.goto(`${gateway.address}/_gatewarden${target}`);
    const name = path
      .slice(1)
      .replace(/[/{}]+/g, '-')
      .replace(/-$/, '');
    await picture(page, `${all}/${name}-${look}.png`, true);
    if (look === 'light' && inReadme[name] !== undefined) await picture(page, `${chosen}/${inReadme[name]}.png`);
  }
}

/** A question to the rules, and its answer. */
async function question(): Promise<void> {
  const page = await signedIn(browser, gateway, looks.light);
  await page.goto(`${gateway.address}/_gatewarden/admin/rules?method=GET&url=/operator&as=vera`);
  await picture(page, `${chosen}/rules.png`);
  await page.context().close();
}

await question();
await browser.close();
