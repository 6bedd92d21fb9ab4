import { deepEqual, equal, ok } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { lookFindings, newPage, noBrowser, openBrowser, watched } from '../support/browser.ts';
import { longName, type PageAddress, pageAddresses, type Stocked, signedIn, stocked } from './stocked.ts';

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

const url = (target: string): string => `${here.gateway.address}/_gatewarden${target}`;
const addresses = (): PageAddress[] => pageAddresses(here.params);

/** Goes there, and says how it is answered. */
const visit = async (page: Page, { target }: PageAddress): Promise<number> =>
  (await page.goto(url(target)))?.status() ?? 0;

/** The setup is over: its page says so. */
const expected = ({ path }: PageAddress): number => (path === '/setup' ? 404 : 200);

for (const { path } of pageAddresses()) {
  test(`${path}: axe finds nothing, it fits a phone, keeps to its policy and asks no other host`, {
    skip,
  }, async () => {
    const address = addresses().find((one) => one.path === path);
    ok(address);
    const page = address.forAnyone ? await visitor() : await admin();
    const complaints = watchedPages.get(page) ?? [];
    complaints.splice(0);
    equal(await visit(page, address), expected(address));
    equal(await page.locator('h1').count(), 1);
    equal(await page.locator('[data-hostile]').count(), 0, 'what was typed is shown as text');
    deepEqual([...(await lookFindings(page)), ...complaints], []);
  });
}

const watchedPages = new WeakMap<Page, string[]>();
let [ofVisitor, ofAdmin]: (Page | undefined)[] = [];

function looked(page: Page): Page {
  watchedPages.set(
    page,
    watched(page, () => new URL(here.gateway.address).host),
  );
  return page;
}

async function visitor(): Promise<Page> {
  ofVisitor ??= looked(await newPage(browser));
  return ofVisitor;
}

async function admin(): Promise<Page> {
  ofAdmin ??= looked(await signedIn(browser, here.gateway));
  return ofAdmin;
}

test('without JavaScript every page is there, with all that it says', { skip }, async () => {
  const page = await signedIn(browser, here.gateway, { javaScriptEnabled: false });
  for (const address of addresses().filter(({ forAnyone }) => !forAnyone)) {
    equal(await visit(page, address), 200, address.target);
    equal(await page.locator('main h1').count(), 1, address.target);
    const withoutAction = await page.locator('form:not([action])').count();
    equal(withoutAction, 0, `${address.target}: every form says where it goes`);
  }
  await page.context().close();
});

/** The texts of a page that are words of ours: no data, no names of settings and events. */
const wordsOf = (page: Page): Promise<string[]> =>
  page.evaluate(`[...function* () {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      if (!parentElement.closest('code, pre, bdi, time, option, body [lang], script, svg')) yield textContent.trim().replace(/\\s+/g, ' ');
    }
  }()]`);

/** Words that are the same in both languages, or data. */
const alike = (text: string): boolean => !/\p{L}{3,} \p{L}{2,}/u.test(text) || text.includes(longName.slice(0, 20));

test('in German no page has a sentence in English', { skip }, async () => {
  const english = await signedIn(browser, here.gateway, { locale: 'en-GB', javaScriptEnabled: false });
  const german = await signedIn(browser, here.gateway, { locale: 'de-DE', javaScriptEnabled: false });
  const left: string[] = [];
  for (const address of addresses().filter(({ path }) => path !== '/login')) {
    await Promise.all([visit(english, address), visit(german, address)]);
    equal(await german.locator('html').getAttribute('lang'), 'de');
    const said = new Set(await wordsOf(english));
    left.push(
      ...(await wordsOf(german))
        .filter((text) => said.has(text) && !alike(text))
        .map((text) => `${address.path}: ${text}`),
    );
  }
  deepEqual(left, []);
  for (const page of [english, german]) await page.context().close();
});
