import { deepEqual } from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import {
  assets,
  deviceDecisionPage,
  deviceDonePage,
  devicePage,
  errorPage,
  messagePage,
  plainFrame,
  setupPage,
  signInPage,
  signOutPage,
  signUpPage,
} from '../../lib/pages/index.ts';
import { lookFindings, newPage, noBrowser, openBrowser, watched } from '../support/browser.ts';
import { accountSamples } from './account-samples.ts';

const frame = plainFrame();
const viewer = {
  name: 'a-rather-long-name-without-any-place-to-break-it-in-the-whole',
  role: 'user',
  places: [],
  canSignOut: true,
};
/** Pages that have nothing which another one has not. */
const likeAnother = [
  'account-to-read',
  'no-devices',
  'end-other-sessions',
  'end-all-sessions',
  'token-form',
  'no-tokens',
  'revoke-token-untyped',
  'no-activity',
];
const long = 'a-rather-long-text-without-any-place-to-break-it-in-the-whole-of-it';
const device = {
  ...{ userCode: 'WDJB-MJHT', client: 'the gatewarden command', address: '2001:db8::1', createdAt: 0, name: 'ada' },
  agent: 'gatewarden/1.0 (linux)',
};
const pages: Readonly<Record<string, string>> = {
  '/sign-in': signInPage(frame, { destination: 'wiki.example', next: '/' }),
  '/sign-in-before-setup': signInPage(frame, { destination: 'wiki.example', next: '/', needsAdmin: true }),
  '/signed-out': signInPage(frame, { destination: 'wiki.example', next: '/', notice: 'You are signed out.' }),
  '/failed': signInPage(frame, {
    destination: 'wiki.example',
    next: '/',
    username: 'ada',
    problem: 'The name or the password is not right.',
  }),
  '/setup': setupPage(frame, {
    token: 't',
    passwordMinLength: 12,
    problems: { username: 'The username is reserved.', token: 'This setup token is not right.' },
  }),
  '/sign-in-or-up': signInPage(frame, { destination: 'wiki.example', next: '/', signUp: 'open' }),
  '/sign-up': signUpPage(frame, { mode: 'invite', passwordMinLength: 12 }),
  '/sign-up-with-problems': signUpPage(frame, {
    ...{ mode: 'open', passwordMinLength: 12, username: 'a-rather-long-name-without-any-place-to-break-it' },
    problem: 'Please look at the fields again.',
    problems: {
      invitation: 'The invitation cannot be used.',
      username: 'The username is taken.',
      email: 'It is taken.',
    },
  }),
  ...Object.fromEntries(
    Object.entries(accountSamples({ ...frame, viewer }, long, '2020-02-29'))
      .filter(([name]) => !likeAnother.includes(name))
      .map(([name, page]) => [`/${name}`, page]),
  ),
  '/sign-out': signOutPage(frame, { name: 'ada', next: '/wiki' }),
  '/device': devicePage(frame, { name: 'ada', userCode: 'WDJB-MJHT' }),
  '/device-with-a-wrong-code': devicePage(frame, { name: 'ada', problem: 'This code is not valid.' }),
  '/device-decision': deviceDecisionPage(frame, { ...device, asksPassword: true }),
  '/device-decision-without-password': deviceDecisionPage(frame, {
    ...device,
    name: 'a-rather-long-name-without-any-place-to-break-it@example.com',
    asksPassword: false,
    agent: undefined,
    scopes: ['gatewarden:read', 'a-rather-long-scope-without-any-place-to-break-it:write'],
  }),
  '/device-decision-again': deviceDecisionPage(frame, {
    ...device,
    asksPassword: true,
    problem: 'Your current password is not right.',
  }),
  '/device-approved': deviceDonePage(frame, 'approved'),
  '/device-refused': deviceDonePage(frame, 'denied'),
  '/error': errorPage({ code: 'insufficient_role', role: 'operator' }, frame, {
    requestId: '6b2c0b0e-6c0e-4b7c-9a53-0d6c6c2f6f1e',
    principal: { kind: 'user', id: '1', name: 'ada', role: 'viewer', scopes: [], via: 'session' },
    back: '/reports',
  }),
  '/message': messagePage(frame, {
    heading: 'Setup is done.',
    lines: ['There is one.'],
    link: { href: '/', text: 'On' },
  }),
};

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'";
const server = createServer((req, res) => {
  const asset = assets.find(({ name }) => req.url === `/assets/${name}`);
  res.setHeader('Content-Security-Policy', policy);
  res.setHeader('Content-Type', asset?.type ?? 'text/html; charset=utf-8');
  res.end(asset?.body ?? pages[req.url ?? '']);
});

let browser: Browser;
let page: Page;
let complaints: string[];
let base = '';
before(async () => {
  if (noBrowser) return;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await openBrowser();
  page = await newPage(browser);
  complaints = watched(page, () => new URL(base).host);
});
after(async () => {
  await browser?.close();
  server.close();
});

for (const path of Object.keys(pages)) {
  test(`${path}: axe finds nothing in light and dark, and it fits a phone`, { skip: noBrowser }, async () => {
    await page.goto(`${base}${path}`);
    deepEqual([...(await lookFindings(page)), ...complaints.splice(0)], []);
  });
}

test('the sign-in form is reached by the keyboard alone, without JavaScript', { skip: noBrowser }, async () => {
  const page = await newPage(browser, { javaScriptEnabled: false });
  await page.goto(`${base}/sign-in`);
  const stops: string[] = [];
  for (let at = 0; at < 4; at += 1) {
    const focused = page.locator(':focus');
    stops.push((await focused.getAttribute('name')) ?? (await focused.textContent()) ?? '');
    await page.keyboard.press('Tab');
  }
  deepEqual(stops, ['username', 'password', 'remember', 'Sign in']);
  await page.context().close();
});
