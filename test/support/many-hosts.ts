import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Log, Options } from 'gatewarden';
import { passwordHasher } from '../../lib/crypto/password-hash.ts';
import type { SignInMode } from '../../lib/request/sign-in-sites.ts';
import { compose } from '../../lib/start/compose.ts';
import { gateOver, type InternalGate } from '../../lib/start/gate.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { ofOneProcess } from '../../lib/stores/open.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import type { Client } from './http.ts';

export const password = 'a lamp among quiet herons';
export const prefix = '/_gatewarden';

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** An answer to a browser. */
export type Reply = Readonly<{ url: string; status: number; headers: IncomingHttpHeaders; text: string }>;

type Cookie = Readonly<{ name: string; value: string; domain: string; hostOnly: boolean; line: string }>;

/** A browser: it keeps cookies by host and domain, and navigates as browsers do. */
export interface Browser {
  cookies: Cookie[];
  /** Navigates, without following a redirect. */
  go(url: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** Sends a form of the page's own origin, without following the redirect. */
  post(url: string, fields: Readonly<Record<string, string>>): Promise<Reply>;
  /** Navigates and follows redirects, ten at most; every answer on the way. */
  visit(url: string): Promise<readonly Reply[]>;
  /** Follows the redirect of an answer, ten at most; every answer on the way. */
  follow(reply: Reply): Promise<readonly Reply[]>;
}

/** One service below many hosts, on one socket, behind an installation. */
export interface ManyHosts extends AsyncDisposable {
  readonly gate: InternalGate;
  readonly port: number;
  /** The clock of the stores, in milliseconds. */
  readonly time: { ahead: number };
  mode: SignInMode;
  /** Such as `https://app.example.com`. */
  at(hostname: string): string;
  browser(): Browser;
  addUser(username: string, role?: string): Promise<void>;
}

const inJar =
  (hostname: string) =>
  ({ domain, hostOnly }: Cookie): boolean =>
    hostname === domain || (!hostOnly && hostname.endsWith(`.${domain}`));

function parsed(line: string, hostname: string): Cookie {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const domain = attributes.find((one) => /^domain=/i.test(one))?.slice('domain='.length);
  const at = pair.indexOf('=');
  const scope = { domain: domain ?? hostname, hostOnly: domain === undefined };
  return { name: pair.slice(0, at), value: pair.slice(at + 1), ...scope, line };
}

const isGone = ({ line }: Cookie): boolean => /max-age=0|expires=thu, 01 jan 1970/i.test(line);

/** Browsers refuse a cookie for a domain that the host is not in. */
function keep(browser: Pick<Browser, 'cookies'>, line: string, hostname: string): void {
  const cookie = parsed(line, hostname);
  if (!inJar(hostname)(cookie)) return;
  browser.cookies = browser.cookies.filter(
    ({ name, domain, hostOnly }) => name !== cookie.name || domain !== cookie.domain || hostOnly !== cookie.hostOnly,
  );
  if (!isGone(cookie)) browser.cookies.push(cookie);
}

type Sent = Readonly<{ method: string; headers: Readonly<Record<string, string>>; body?: string }>;

async function send(
  portNow: number | (() => number),
  browser: Pick<Browser, 'cookies'>,
  url: string,
  sent: Sent,
): Promise<Reply> {
  const { host, hostname, pathname, search } = new URL(url);
  const port = typeof portNow === 'number' ? portNow : portNow();
  const cookie = browser.cookies.filter(inJar(hostname)).map(({ name, value }) => `${name}=${value}`);
  const headers = { host, ...(cookie.length > 0 && { cookie: cookie.join('; ') }), ...sent.headers };
  const asked = request({
    port,
    host: '127.0.0.1',
    agent: false,
    method: sent.method,
    path: pathname + search,
    headers,
  });
  asked.end(sent.body);
  const [answer] = await once(asked, 'response');
  const text = (await answer.setEncoding('utf8').toArray()).join('');
  for (const line of answer.headers['set-cookie'] ?? []) keep(browser, line, hostname);
  return { url, status: answer.statusCode, headers: answer.headers, text };
}

const navigation = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

/** A browser whose every host is on one port of this machine. */
export function browserOn(portNow: number | (() => number)): Browser {
  const browser: Browser = {
    cookies: [],
    go: (url, headers = {}) =>
      send(portNow, browser, url, { method: 'GET', headers: { ...navigation, 'sec-fetch-site': 'none', ...headers } }),
    post(url, fields) {
      const { origin } = new URL(url);
      const from = { origin, 'sec-fetch-site': 'same-origin' };
      const headers = { ...navigation, ...from, 'content-type': 'application/x-www-form-urlencoded' };
      return send(portNow, browser, url, { method: 'POST', headers, body: new URLSearchParams(fields).toString() });
    },
    async visit(url) {
      const first = await browser.go(url);
      return [first, ...(await browser.follow(first))];
    },
    async follow(reply) {
      const trail: Reply[] = [];
      for (let last = reply; last.headers.location !== undefined && trail.length < 10; ) {
        const to = new URL(last.headers.location, last.url);
        const isSame = to.origin === new URL(last.url).origin;
        last = await browser.go(to.href, { 'sec-fetch-site': isSame ? 'same-origin' : 'cross-site' });
        trail.push(last);
      }
      return trail;
    },
  };
  return browser;
}

export type ManyHostsOptions = Readonly<{ mode?: SignInMode; options?: Options; publicUrl?: string }>;

/**
 * Starts one. `publicUrl`: default `https://auth.example.com`; the browser talks plain HTTP to the socket, whatever it says, as
 * behind a proxy that ends TLS.
 */
export async function manyHosts({
  mode = 'public-url',
  options = {},
  publicUrl,
}: ManyHostsOptions = {}): Promise<ManyHosts> {
  const time = { ahead: 0 };
  const given = {
    publicUrl: publicUrl ?? 'https://auth.example.com',
    allowedHosts: ['auth.example.com', 'app.example.com', 'wiki.example.org', 'docs.example.net', 'localhost'],
    rules: 'public read /public/**; user * /**',
    ...options,
  };
  const resolved = loadSettings({ env: {}, given, applies: 'middleware' });
  const stores = await openSqlite({ memory: true, now: () => Date.now() + time.ahead });
  const opened = ofOneProcess(stores);
  const signIn = () => here.mode;
  const gate = gateOver(await compose(resolved, { log: silent, opened, hasher: passwordHasher({ cost: 4 }), signIn }));
  const app = express();
  app.use(prefix, gate.router());
  const { authenticate, requireRole, protect } = gate.guards;
  app.get('/guarded', authenticate(), requireRole('user'), (req, res) => void res.send(req.auth.name));
  app.use(protect(), (req, res) => void res.send(`${req.hostname} ${req.url} ${req.auth.name}`));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { protocol } = new URL(given.publicUrl);

  const here: ManyHosts = {
    gate,
    port,
    time,
    mode,
    at: (hostname) => `${protocol}//${hostname}`,
    browser: () => browserOn(port),
    async addUser(username, role = 'user') {
      const made = await gate.users.create({ username, password, role });
      if (!made.ok) throw new Error(JSON.stringify(made.refusal));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await gate.close();
    },
  };
  return here;
}

/** Fills in the sign-in form that a trail ended at, and follows where it leads. The password is `password` unless given. */
export async function signIn(browser: Browser, trail: readonly Reply[], fields: object): Promise<readonly Reply[]> {
  const form = trail.at(-1);
  if (form === undefined || !form.text.includes('name="password"')) throw new Error(`no form: ${form?.url}`);
  const next = /name="next" value="([^"]*)"/.exec(form.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const sent = await browser.post(form.url.split('?')[0] ?? '', { next, password, ...fields });
  return [sent, ...(await browser.follow(sent))];
}

/** Signs a browser in at `PUBLIC_URL`. */
export async function signInAtPublicUrl(here: ManyHosts, browser: Browser, username: string): Promise<void> {
  const { status } = await browser.post(`${here.at('auth.example.com')}${prefix}/login`, { username, password });
  if (status !== 303) throw new Error(`signing in answered ${status}`);
}

/** Asks for a page of a host and goes as far as the link with the code, which is not opened. */
export async function codeLink(here: ManyHosts, browser: Browser, hostname: string, target = '/'): Promise<string> {
  const next = encodeURIComponent(target);
  const started = await browser.go(`${here.at(hostname)}${prefix}/login?next=${next}`);
  const handed = await browser.go(started.headers.location ?? '');
  const link = handed.headers.location ?? '';
  if (!link.includes('/redeem?code=')) throw new Error(`no code: ${handed.status} ${link}`);
  return link;
}

/** A browser as the client of one host, whose pages are below `/auth`. */
export const clientAt = (browser: Browser, origin: string): Pick<Client, 'send'> => ({
  async send(path, init = {}) {
    const given = Object.fromEntries(new Headers(init.headers));
    const { status, headers, text } = await browser.go(origin + path.replace(/^\/auth/, prefix), given);
    const lines = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    return new Response(text, { status, headers: lines });
  },
});
