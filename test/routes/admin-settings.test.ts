import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/http.ts';
import { type Site, site } from './site.ts';

const secret = 'x-proxy-8f2c1d-secret';
let here: Site;
let admin: Client;
before(async () => {
  here = await site({
    brandName: '<b>Example</b>',
    sessionIdle: '90m',
    proxySecret: secret,
    trustedProxies: ['10.0.0.0/8'],
    publicUrl: 'http://wiki.example',
    allowedHosts: ['127.0.0.1', 'wiki.example'],
  });
  admin = await here.signedIn('ada', 'admin');
});
after(() => here[Symbol.asyncDispose]());

const pageAt = async (query = '', headers = {}) =>
  (await admin.send(`/auth/admin/settings${query}`, { headers })).text();
const namesIn = (page: string) =>
  [...page.matchAll(/<th scope="row" id="[^"]+"><code>GATEWARDEN_(\w+)</g)].map(([, name]) => name);
const cellsOf = (page: string, name: string) => {
  const [, row = ''] = new RegExp(`<code>GATEWARDEN_${name}</code>([\\s\\S]*?)</tr>`).exec(page) ?? [];
  return [...row.matchAll(/<td>([\s\S]*?)<\/td>/g)].map(([, cell = '']) => cell.replace(/<[^>]+>/g, '').trim());
};

test('admins see every setting that is in force, with where it is from', async () => {
  const page = await pageAt();
  equal(namesIn(page).length > 60, true);
  deepEqual(cellsOf(page, 'SESSION_IDLE'), ['90m', 'Option']);
  deepEqual(cellsOf(page, 'SIGNUP'), ['closed', 'Default']);
  deepEqual(cellsOf(page, 'BRAND_LOGO'), ['not set', 'Default']);
  deepEqual(cellsOf(page, 'BRAND_NAME'), ['&lt;b&gt;Example&lt;/b&gt;', 'Option']);
});

test('no secret is on the page', async () => {
  const page = await pageAt();
  doesNotMatch(page, new RegExp(secret));
  deepEqual(cellsOf(page, 'PROXY_SECRET'), ['set, and never shown', 'Option']);
  deepEqual(cellsOf(page, 'SECRET_KEY')[0], 'set, and never shown');
});

test('the page is searched by name, value and meaning, in any case', async () => {
  deepEqual(namesIn(await pageAt('?q=session_idle')), ['SESSION_IDLE']);
  deepEqual(namesIn(await pageAt('?q=Session+Idle')), ['SESSION_IDLE']);
  deepEqual(namesIn(await pageAt('?q=%3Cb%3E')), ['BRAND_NAME']);
  equal(namesIn(await pageAt('?q=certificate')).includes('TLS_CERT'), true);
  match(await pageAt('?q=%22%3E%3Cscript%3E'), /No setting matches\.[\s\S]*/);
  doesNotMatch(await pageAt('?q=%22%3E%3Cscript%3E'), /"><script>/);
});

test('only those that are given are shown when one asks for them', async () => {
  const given = [
    'PUBLIC_URL',
    'TRUSTED_PROXIES',
    'PROXY_SECRET',
    'ALLOWED_HOSTS',
    'SESSION_IDLE',
    'SECRET_KEY',
    'BRAND_NAME',
  ];
  deepEqual(namesIn(await pageAt('?show=given')).sort(), given.sort());
});

test('what is valid but rarely intended is said on top', async () => {
  match(await pageAt(), /<div class="notice warn"[^>]*>[\s\S]*PUBLIC_URL: is http/);
});

test('the page has its words in German', async () => {
  const page = await pageAt('', { 'accept-language': 'de' });
  match(page, /<h1>Einstellungen<\/h1>/);
  deepEqual(cellsOf(page, 'SIGNUP'), ['closed', 'Vorgabe']);
});

test('operators do not see it', async () => {
  const operator = await here.signedIn('olga', 'operator');
  equal((await operator.send('/auth/admin/settings')).status, 403);
  doesNotMatch(await (await operator.send('/auth/account')).text(), /admin\/settings/);
});
