import { deepEqual, equal, match, ok } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { lookFindings, newPage, noBrowser, openBrowser, watched } from '../support/browser.ts';
import { adminPassword } from '../support/gateway.ts';
import type { Client } from '../support/http.ts';
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
const wordsIn = (page: Page, html: string): Promise<string[]> =>
  page.evaluate(`(() => {
    const { body } = new DOMParser().parseFromString(${JSON.stringify(html)}, 'text/html');
    for (const one of body.querySelectorAll('code, pre, bdi, time, option, [lang], script, svg')) one.remove();
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) found.push(walker.currentNode.textContent.trim().replace(/\\s+/g, ' '));
    return found;
  })()`);

/** Words that are the same in both languages, or data. */
const alike = (text: string): boolean => !/\p{L}{3,} \p{L}{2,}/u.test(text) || text.includes(longName.slice(0, 20));

async function inLanguage({ target, forAnyone }: PageAddress, language: string, admin: Client): Promise<string> {
  const client = forAnyone ? here.gateway.client() : admin;
  const headers = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'accept-language': language };
  return (await client.send(`/_gatewarden${target}`, { headers })).text();
}

test('in German no page has a sentence in English', { skip }, async () => {
  const page = await newPage(browser);
  const admin = here.gateway.client();
  await admin.form('/_gatewarden/login', { username: 'ada', password: adminPassword });
  const left: string[] = [];
  for (const address of addresses()) {
    const [english, german] = [await inLanguage(address, 'en', admin), await inLanguage(address, 'de', admin)];
    match(german, /<html lang="de"/, address.target);
    const said = new Set(await wordsIn(page, english));
    const same = (await wordsIn(page, german)).filter((text) => said.has(text) && !alike(text));
    left.push(...same.map((text) => `${address.path}: ${text}`));
  }
  deepEqual(left, []);
  await page.context().close();
});
