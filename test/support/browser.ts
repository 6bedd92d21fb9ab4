import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { program } from './services.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Why browser tests cannot run here, or false when they can. */
export const noBrowser: string | false = (await program('chromium')).skip;

/** Starts Chromium without a window. */
export async function openBrowser(): Promise<Browser> {
  const { path } = await program('chromium');
  if (path === undefined) throw new Error('there is no Chromium here');
  return chromium.launch({ executablePath: path, headless: true, args: flags });
}

/** A page in a context of its own: nothing is shared with any other. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context: BrowserContext = await browser.newContext(options);
  return context.newPage();
}

/** Types a new password into both of its fields, on the pages on which an account is made. */
export async function typeNewPassword(page: Page, password: string): Promise<void> {
  await page.locator('#password').fill(password);
  await page.locator('#password-again').fill(password);
}

/** What axe finds wrong on a page: one line each, empty when nothing. The pages have no frames, so none is opened for the analysis. */
export async function axeFindings(page: Page, tags?: readonly string[]): Promise<string> {
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (tags === undefined ? axe : axe.withTags([...tags])).analyze();
  return violations
    .map((one) => `${one.id}: ${one.help} — ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`)
    .join('\n');
}

const sticksOut = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

const phone = { width: 320, height: 640 };

/**
 * What is wrong with how a page looks, one line each: what axe finds in light, what it finds about colours in dark, what sticks out
 * sideways on a phone. The page is left in light, in the size that it had.
 */
export async function lookFindings(page: Page): Promise<string[]> {
  const size = page.viewportSize();
  await page.emulateMedia({ colorScheme: 'light' });
  const inLight = await axeFindings(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const inDark = await axeFindings(page, ['cat.color']);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(phone);
  const overflow = await page.evaluate(sticksOut);
  await page.evaluate("document.documentElement.dir = 'rtl'");
  const overflowFromRight = await page.evaluate(sticksOut);
  await page.evaluate("document.documentElement.dir = 'ltr'");
  if (size) await page.setViewportSize(size);
  return [inLight, inDark && `in dark: ${inDark}`]
    .concat(overflow === 0 ? '' : `on a phone ${overflow} px stick out sideways`)
    .concat(overflowFromRight === 0 ? '' : `written from right to left ${overflowFromRight} px stick out on a phone`)
    .filter((one) => one !== '');
}

/** Collects what a page must not do: break its own policy, fail, ask another host for anything. One line each. */
export function watched(page: Page, host: () => string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(message.type()) && !isRefusal) complaints.push(message.text());
  });
  page.on('pageerror', (error) => void complaints.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).host !== host()) complaints.push(`asks ${request.url()}`);
  });
  return complaints;
}
