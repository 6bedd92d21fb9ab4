import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { inventory } from '../../lib/routes/inventory.ts';
import { newPage } from '../support/browser.ts';
import { adminPassword, type GatewayOptions, type RunningGateway } from '../support/gateway.ts';
import type { Client } from '../support/http.ts';
import { startDemo } from '../support/installation.ts';

/** As long as names may be, without a place to break. */
export const longName = `Bartholomaeus-${'Wolfeschlegelsteinhausen'.repeat(3)}`.slice(0, 64);

/** The demo with something on every page: users in every state, tokens, sessions, invitations, clients, an audit log. */
export interface Stocked extends AsyncDisposable {
  readonly gateway: RunningGateway;
  readonly admin: Client;
  /** What stands for the parameters in the paths of the pages. */
  readonly params: Readonly<Record<string, string>>;
}

async function made(answer: Response): Promise<Record<string, unknown>> {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

/** What pages must show as text. In a name that a page shows as markup, an element with this attribute would appear. */
export const markup = `"><b data-hostile>x</b><script>document.title='hostile'</script>`;

/** The demo's settings, with all that makes pages show more. */
export const stockedSettings = { SIGNUP: 'open', SCOPES: 'deploy:write=operator,report:read' };

export async function stocked(options: Omit<GatewayOptions, 'upstream'> = {}): Promise<Stocked> {
  return stock(await startDemo({ ...options, settings: { ...stockedSettings, ...options.settings } }));
}

/** Makes the first admin and everything else in an installation that has nobody yet. */
export async function stock(gateway: RunningGateway & AsyncDisposable): Promise<Stocked> {
  const admin = await gateway.firstAdmin();
  const add = async (path: string, body: object) =>
    made(await admin.json(`/_gatewarden/api/v1/${path}`, { ...body, current_password: adminPassword }));
  await add('users', {
    ...{ username: longName, role: 'operator', email: `${longName}@example.com`, password: adminPassword },
    display_name: `Bartholomäus Wolfeschlegelsteinhausenbergerdorff ${markup}`,
  });
  await add('users', { username: 'vera', role: 'viewer', password: adminPassword });
  await add('users', { username: 'off', active: false });
  const stranger = gateway.client();
  const signUp = { username: 'waiting', password: 'nine quiet lanterns drift' };
  await made(await stranger.json('/_gatewarden/api/v1/signup', signUp));
  await add('tokens', { name: longName, role: 'viewer', scopes: ['report:read'] });
  await add('tokens', { name: 'backup', expires_at: new Date(Date.now() + 86_400_000).toISOString() });
  const invitation = await add('invitations', { role: 'viewer', uses: 3, note: `${longName} ${markup}` });
  await add('clients', {
    client_id: 'ci',
    name: `${longName.slice(0, 20)} ${markup}`.slice(0, 64),
    role: 'operator',
    scopes: ['deploy:write'],
  });
  await add('clients/ci/secret', {});
  await stranger.send('/operator', { headers: { 'user-agent': markup } });
  await stranger.form('/_gatewarden/login', { username: markup, password: 'not the password' });
  await stranger.form('/_gatewarden/login', { username: longName, password: adminPassword });
  const session = await firstId(admin, 'sessions');
  const record = await firstId(admin, 'audit');
  return {
    gateway,
    admin,
    params: {
      username: longName,
      client_id: 'ci',
      id: String(invitation.id),
      name: 'backup',
      session,
      '/admin/audit/{id} id': record,
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

async function firstId(client: Client, list: string): Promise<string> {
  const { items } = await made(await client.send(`/_gatewarden/api/v1/${list}`));
  const [first] = Array.isArray(items) ? items : [];
  return String(first?.id);
}

/** Signed in by the form, as the browser of a person. */
export async function signedIn(
  browser: Browser,
  { address }: Pick<RunningGateway, 'address'>,
  options: BrowserContextOptions = {},
  username = 'ada',
): Promise<Page> {
  const page = await newPage(browser, options);
  await page.goto(`${address}/_gatewarden/login?next=/_gatewarden/account`);
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(adminPassword);
  await page.locator('form[action$="/login"] button[type=submit]').click();
  await page.waitForURL(/\/account$/);
  return page;
}

/** Addresses of ours that show no page of their own: what leads elsewhere, and what is downloaded. */
const noPages: ReadonlySet<string> = new Set(['/', '/hand-over', '/hand-over/redeem']);

export type PageAddress = Readonly<{ path: string; target: string; forAnyone: boolean }>;

/** What a page is asked for besides its path. */
const queriesOf = ({ session = '' }: Stocked['params']): Readonly<Record<string, string>> => ({
  '/account/revoke-token': '?name=backup',
  '/account/end-session': `?id=${session}`,
  '/admin/sessions/end': `?session=${session}.ada`,
  '/admin/users-at-once': `?do=deactivate&user=vera&user=${longName}`,
  '/admin/sessions/end-all': '?user=vera',
});

/** Every page of the inventory, with what stands for its parameters. A new page is among them by itself. */
export const pageAddresses = (params: Stocked['params'] = {}): PageAddress[] =>
  inventory
    .filter(({ method, tag, answers }) => method === 'get' && tag === 'pages' && answers[200]?.type === 'text/html')
    .filter(({ path }) => !noPages.has(path))
    .map(({ path, guard }) => {
      const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(params[`${path} ${name}`] ?? params[name] ?? ''),
      );
      return { path, target: `${filled}${queriesOf(params)[path] ?? ''}`, forAnyone: guard === 'anyone' };
    });
