import type { Browser, Page } from 'playwright-core';
import { newPage, openBrowser } from '../support/browser.ts';
import { adminPassword, type RunningGateway } from '../support/gateway.ts';
import type { Client } from '../support/http.ts';

/** The password of everybody but the admin. */
export const password = 'thirteen herons at dusk';

/** API tokens: of `grace`, whose role is `user`, and of `vera`, whose role is `viewer`. */
export type Tokens = Readonly<{ token: string; viewerToken: string }>;

/** Makes the first admin and both people. */
export async function memberTokens(gateway: RunningGateway): Promise<Tokens> {
  const admin = await gateway.firstAdmin();
  return {
    token: await memberToken(gateway, admin, 'grace', 'user'),
    viewerToken: await memberToken(gateway, admin, 'vera', 'viewer'),
  };
}

/** Makes a user, signs in as them and gives an API token of theirs. */
async function memberToken(gateway: RunningGateway, admin: Client, username: string, role: string): Promise<string> {
  const user = { username, password, role, current_password: adminPassword };
  await expectStatus(admin.json('/_gatewarden/api/v1/users', user), 201);
  const member = gateway.client();
  await expectStatus(member.form('/_gatewarden/login', { username, password }), 303);
  const asked = { name: 'services', current_password: password };
  const made: unknown = await (await expectStatus(member.json('/_gatewarden/api/v1/tokens', asked), 201)).json();
  if (typeof made === 'object' && made !== null && 'token' in made && typeof made.token === 'string') return made.token;
  throw new Error(`no token in ${JSON.stringify(made)}`);
}

async function expectStatus(answer: Promise<Response>, status: number): Promise<Response> {
  const got = await answer;
  if (got.status !== status) throw new Error(`${got.url} answered ${got.status}: ${await got.text()}`);
  return got;
}

/** A Chromium that starts when it is first asked for. */
export function browserOnDemand(): { open(): Promise<Browser> } & AsyncDisposable {
  let browser: Promise<Browser> | undefined;
  return {
    open() {
      browser ??= openBrowser();
      return browser;
    },
    async [Symbol.asyncDispose]() {
      await (await browser)?.close();
    },
  };
}

/** Opens pages on which `grace` signs in at the gateway. */
export function signsIn(address: string, browser: { open(): Promise<Browser> }): (path?: string) => Promise<Page> {
  return async (path = '/') => {
    const page = await newPage(await browser.open());
    page.setDefaultTimeout(30_000);
    await page.goto(`${address}${path}`);
    await page.getByLabel('Username').fill('grace');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/_gatewarden/'));
    return page;
  };
}
