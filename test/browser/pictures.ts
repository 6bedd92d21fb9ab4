/** Takes the pictures of the README from the running thing: `npm run pictures`. Nothing else writes to docs/pictures. */
import { mkdir } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { newPage, openBrowser, typeNewPassword } from '../support/browser.ts';
import { adminPassword } from '../support/gateway.ts';
import { startDemo } from '../support/installation.ts';

const folder = 'docs/pictures';
await mkdir(folder, { recursive: true });
// The port that the README names.
await using gateway = await startDemo({ port: 8080 });
const browser = await openBrowser();

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${folder}/${name}.png` });
  console.log(`${folder}/${name}.png`);
}

// Without a window Chromium calls itself something that no person's browser does.
const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version().split('.')[0]}.0.0.0 Safari/537.36`;
const desk = { viewport: { width: 1120, height: 800 }, deviceScaleFactor: 1.5, userAgent };
const page = await newPage(browser, { ...desk, colorScheme: 'light' });
await page.goto(await gateway.setupLink());
await picture(page, 'setup');
await page.getByLabel('Username').fill('ada');
await typeNewPassword(page, adminPassword);
await page.getByRole('button', { name: 'Make the administrator' }).click();
await page.waitForURL(`${gateway.address}/`);
await page.locator('#events').filter({ hasText: 'event 2' }).waitFor();
await picture(page, 'service');
await page.goto(`${gateway.address}/_gatewarden/account`);
await picture(page, 'account');

for (const colorScheme of ['light', 'dark'] as const) {
  const visitor = await newPage(browser, { ...desk, colorScheme });
  await visitor.goto(`${gateway.address}/`);
  await picture(visitor, colorScheme === 'light' ? 'sign-in' : 'sign-in-dark');
}
const phone = await newPage(browser, { viewport: { width: 390, height: 740 }, deviceScaleFactor: 1.5, isMobile: true });
await phone.goto(`${gateway.address}/`);
await picture(phone, 'sign-in-phone');
await browser.close();
