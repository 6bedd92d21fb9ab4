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

/** What axe finds wrong on a page: one line each, empty when nothing. */
export async function axeFindings(page: Page): Promise<string> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .map((one) => `${one.id}: ${one.help} — ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`)
    .join('\n');
}
