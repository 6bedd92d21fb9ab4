import { randomUUID } from 'node:crypto';
import type { Client } from '../support/http.ts';
import { clientAt, codeLink, manyHosts, signInAtPublicUrl } from '../support/many-hosts.ts';
import { setupTokenOf } from '../support/setup-link.ts';
import type { Json } from './described.ts';
import type { Drive, Line } from './drive.ts';
import { password, type Site, site } from './site.ts';
import { userPageLines } from './user-page-operations.ts';

/** The tools of a line over a site. */
export function driveOn(here: Site, send: Drive['send']): Drive {
  async function user(role = 'user'): Promise<string> {
    const username = `u-${randomUUID()}`;
    const made = await here.gate.users.create({ username, password, role });
    if (!made.ok) throw new Error(JSON.stringify(made.refusal));
    return username;
  }
  return {
    site: here,
    stranger: here.client(),
    send,
    user,
    signedIn: (role = 'user') => here.signedIn(`s-${randomUUID()}`, role),
    async client(scopes = []) {
      const made = await here.gate.clients.create({ clientId: `c-${randomUUID()}`, name: 'Checker', scopes });
      if (!made.ok) throw new Error(JSON.stringify(made.refusal));
      return { client_id: made.value.view.clientId, client_secret: made.value.secret };
    },
  };
}

const once: Line = ({ send }) => send();
const byStranger: Line = ({ send, stranger }) => send({ by: stranger });

/** Is about a client of its own, with this form if any. */
const withClient =
  (form?: Record<string, string>): Line =>
  async ({ send, client }) =>
    send({ params: { client_id: (await client()).client_id }, ...(form && { form }) });

/** The answer of a call that another operation describes. */
async function asked(client: Client, path: string, body: object, as: 'json' | 'form' = 'json'): Promise<Json> {
  const fields = body as Record<string, string>;
  const answer = await (as === 'json' ? client.json(`/auth${path}`, body) : client.form(`/auth${path}`, fields));
  return (await answer.json()) as Json;
}

const forwarded = { 'x-forwarded-uri': '/', 'x-forwarded-method': 'GET', 'x-forwarded-host': 'localhost' };

/** Forward-auth: a front proxy asks about a request by a user, and about one by nobody. */
const byFront =
  (headers: Record<string, string>): Line =>
  async ({ send }) => {
    await using trusted = await site({ trustedProxies: ['127.0.0.1/32'] });
    const user = await trusted.bearer(`u-${randomUUID()}`, 'user');
    await send({ by: trusted.client(), headers: { ...headers, ...user } });
    await send({ by: trusted.client(), headers });
  };

async function invitationOf({ site: { gate } }: Drive): Promise<{ code: string; id: string }> {
  const ada = await gate.users.get('ada');
  const principal = {
    kind: 'user',
    id: ada?.id ?? '',
    name: 'ada',
    role: 'admin',
    scopes: [],
    via: 'command',
  } as const;
  const made = await gate.invitations.create({}, { principal });
  if (!made.ok) throw new Error(JSON.stringify(made.refusal));
  return { code: made.value.code, id: made.value.view.id };
}

const deviceGrant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: 'gatewarden' };
const deviceOf = ({ stranger }: Drive) =>
  asked(stranger, '/oauth/device_authorization', { client_id: 'gatewarden' }, 'form');

/** The access token of a client, and the client. */
async function grantedOf(drive: Drive, scopes: readonly string[] = []) {
  const credentials = await drive.client(scopes);
  const grant = { ...credentials, grant_type: 'client_credentials' };
  const { access_token: token } = await asked(drive.stranger, '/oauth/token', grant, 'form');
  return { credentials, token: String(token) };
}

/**
 * How each operation is driven to every success that it declares: a line each, which needs no other line. An operation without
 * a line fails the test, and so does a line whose operation is gone.
 */
export const lines: Readonly<Record<string, Line>> = {
  'get /healthz': once,
  'get /readyz': once,
  'get /jwks.json': byStranger,
  'get /.well-known/oauth-authorization-server': byStranger,
  'get /api/v1/openapi.json': byStranger,

  'get /verify/nginx': byFront({ 'x-original-uri': '/', 'x-original-method': 'GET' }),
  'get /verify/traefik': byFront(forwarded),
  'get /verify/caddy': byFront(forwarded),
  'get /verify/envoy/{target}': byFront({}),

  'get /': byStranger,
  async 'get /login'({ send, stranger }) {
    await send({ by: stranger });
    await send();
  },
  async 'post /login'({ send, stranger, user }) {
    const username = await user();
    await send({ by: stranger, form: { username, password: 'wrong' } });
    await send({ by: stranger, form: { username, password } });
  },
  'get /logout': once,
  async 'post /logout'({ send, signedIn }) {
    await send({ by: await signedIn(), form: { all: 'true' } });
  },
  async 'get /hand-over'({ send }) {
    await using here = await manyHosts({ options: { cookieSamesite: 'strict' } });
    const by = clientAt(here.browser(), here.at('auth.example.com'));
    const query = { to: here.at('wiki.example.org'), binding: 'b'.repeat(43) };
    await send({ by, query });
    await send({ by, query, headers: { 'sec-fetch-site': 'cross-site' } });
  },
  async 'get /hand-over/redeem'({ send }) {
    await using here = await manyHosts({ options: { cookieSamesite: 'strict' } });
    await here.addUser('ada');
    const [browser, origin] = [here.browser(), here.at('wiki.example.org')];
    await signInAtPublicUrl(here, browser, 'ada');
    const code = new URL(await codeLink(here, browser, 'wiki.example.org')).searchParams.get('code') ?? '';
    const by = clientAt(browser, origin);
    await send({ by, query: { code } });
    await send({ by, query: { code } });
    await send({ by: clientAt(here.browser(), origin), query: { code } });
  },
  async 'get /setup'({ send, stranger }) {
    await using fresh = await site();
    await send({ by: fresh.client() });
    await send({ by: stranger });
  },
  async 'post /setup'({ send, stranger }) {
    await using fresh = await site();
    const token = (await setupTokenOf(fresh.gate)) ?? '';
    await send({ by: fresh.client(), form: { token, username: 'root1', password } });
    await send({ by: stranger });
  },
  'get /signup': byStranger,
  async 'post /signup'(drive) {
    const { code: invitation } = await invitationOf(drive);
    const form = { username: `n-${randomUUID()}`, password, invitation };
    await drive.send({ by: drive.stranger, form });
    await drive.send({ by: drive.stranger, form });
  },
  async 'post /password-check'({ send, signedIn }) {
    await send({ by: await signedIn(), form: { password: 'short', username: 'ada' } });
  },
  'get /account': once,
  'get /account/activity': once,
  'get /account/activity.csv': once,
  'get /account/activity.json': once,
  'get /admin': ({ send }) => send({ query: { span: '7d' } }),
  async 'post /account/password'({ send, signedIn }) {
    const next = 'nine quiet lanterns drift';
    await send({ by: await signedIn(), form: { new_password: next, new_password_again: next } });
  },
  'get /account/devices': once,
  async 'get /account/end-session'({ send, site, user, stranger }) {
    const username = await user();
    for (const by of [stranger, site.client()]) await by.form('/auth/login', { username, password });
    for (const { id } of (await site.gate.sessions.list(username)).items) await send({ by: stranger, query: { id } });
  },
  async 'post /account/end-session'({ send, site: { gate }, user, stranger }) {
    const username = await user();
    await stranger.form('/auth/login', { username, password });
    const [session] = (await gate.sessions.list(username)).items;
    await send({ by: stranger, form: { id: session?.id ?? '' } });
  },
  'get /account/end-other-sessions': once,
  'get /account/end-all-sessions': once,
  async 'post /account/end-other-sessions'({ send, signedIn }) {
    await send({ by: await signedIn(), form: {} });
  },
  'get /account/tokens': ({ send }) => send({ query: { q: 'ci' } }),
  'get /account/tokens/new': once,
  async 'post /account/tokens'({ send, signedIn }) {
    await send({ by: await signedIn(), form: { name: 'by-form', days: '30', scopes: 'gatewarden:read' } });
  },
  async 'get /account/revoke-token'({ send, site: { gate } }) {
    await gate.tokens.create('ada', { name: 'to-ask' });
    await send({ query: { name: 'to-ask' } });
  },
  async 'post /account/revoke-token'({ send, site: { gate } }) {
    await gate.tokens.create('ada', { name: 'to-end' });
    await send({ form: { name: 'to-end' } });
  },
  'get /admin/audit': async ({ send }) => {
    await send({ query: { from: '2020-01-01T00:00', zone: 'Europe/Berlin', outcome: 'ok' } });
    await send({ query: { to: 'tomorrow' } });
  },
  async 'get /admin/audit/{id}'({ send, site: { gate } }) {
    const [record] = (await gate.audit.list({ limit: 1 })).items;
    await send({ params: { id: record?.id ?? '' } });
    await send();
  },
  'get /admin/settings': ({ send }) => send({ query: { q: 'cookie' } }),
  'get /admin/health': once,
  'get /admin/audit.csv': ({ send }) => send({ query: { from: '2020-01-01T00:00' } }),
  'get /admin/audit.json': ({ send }) => send({ query: { outcome: 'ok' } }),
  'get /admin/invitations': once,
  'get /admin/new-invitation': once,
  'post /admin/new-invitation': ({ send }) => send({ form: { role: 'viewer', uses: '2', days: '7', note: 'for eve' } }),
  async 'get /admin/invitations/{id}/withdraw'(drive) {
    await drive.send({ params: { id: (await invitationOf(drive)).id } });
  },
  async 'post /admin/invitations/{id}/withdraw'(drive) {
    await drive.send({ params: { id: (await invitationOf(drive)).id }, form: {} });
  },
  async 'get /admin/rules'({ send }) {
    await send({ query: { url: '/notes', as: 'viewer' } });
    await send({ query: { url: '/notes', from: 'nowhere' } });
  },
  'get /admin/sessions': ({ send }) => send({ query: { user: 'ada' } }),
  async 'get /admin/sessions/end'({ send, site: { gate }, signedIn }) {
    await signedIn();
    const [session] = (await gate.sessions.listAll({ limit: 1 })).items;
    await send({ query: { session: `${session?.id}.${session?.username}` } });
    await send();
  },
  async 'post /admin/sessions/end'({ send, site: { gate }, user, stranger }) {
    const username = await user();
    await stranger.form('/auth/login', { username, password });
    const [session] = (await gate.sessions.list(username)).items;
    await send({ form: { session: `${session?.id}.${username}` } });
  },
  'get /admin/sessions/end-all': ({ send }) => send({ query: { user: 'ada' } }),
  async 'post /admin/sessions/end-all'({ send, user }) {
    await send({ form: { user: await user() } });
  },
  'get /admin/clients': once,
  'get /admin/new-client': once,
  'post /admin/new-client': ({ send }) =>
    send({
      form: { name: 'By form', client_id: `f-${randomUUID()}`, role: 'user', scopes: 'gatewarden:read', days: '30' },
    }),
  'get /admin/clients/{client_id}': withClient(),
  'get /admin/clients/{client_id}/edit': withClient(),
  'post /admin/clients/{client_id}/edit': withClient({ name: 'Renamed', role: 'user' }),
  'get /admin/clients/{client_id}/secret': withClient(),
  'post /admin/clients/{client_id}/secret': withClient({ others: 'end' }),
  'get /admin/clients/{client_id}/activate': withClient(),
  'post /admin/clients/{client_id}/activate': withClient({}),
  'get /admin/clients/{client_id}/deactivate': withClient(),
  'post /admin/clients/{client_id}/deactivate': withClient({}),
  'get /admin/clients/{client_id}/end-tokens': withClient(),
  'post /admin/clients/{client_id}/end-tokens': withClient({}),
  'get /admin/clients/{client_id}/end-older-secret': withClient(),
  'post /admin/clients/{client_id}/end-older-secret': withClient({}),
  'get /admin/clients/{client_id}/delete': withClient(),
  'post /admin/clients/{client_id}/delete': withClient({}),
  ...userPageLines,
  'get /device': once,
  async 'post /device'(drive) {
    const { user_code: code } = await deviceOf(drive);
    await drive.send({ form: { user_code: 'nothing' } });
    const decision = { user_code: String(code), action: 'approve' };
    await drive.send({ form: { ...decision, current_password: 'wrong' } });
    await drive.send({ form: decision });
  },

  async 'post /api/v1/login'({ send, stranger, user }) {
    await send({ by: stranger, body: { username: await user(), password } });
  },
  async 'post /api/v1/signup'(drive) {
    const { code: invitation } = await invitationOf(drive);
    const body = { username: `n-${randomUUID()}`, password, invitation };
    await drive.send({ by: drive.stranger, body });
  },
  'get /api/v1/session': once,
  async 'delete /api/v1/session'({ send, signedIn }) {
    await send({ by: await signedIn() });
  },
  'get /api/v1/sessions': ({ send }) => send({ query: { limit: '1' } }),
  async 'delete /api/v1/sessions/{id}'({ send, site: { gate }, user, stranger }) {
    const username = await user();
    await stranger.form('/auth/login', { username, password });
    const [session] = (await gate.sessions.list(username)).items;
    await send({ by: stranger, params: { id: session?.id ?? '' } });
  },
  'get /api/v1/tokens': once,
  'post /api/v1/tokens': ({ send }) => send({ body: { name: 'ci', role: 'viewer', scopes: ['gatewarden:read'] } }),
  async 'delete /api/v1/tokens/{name}'({ send, site: { gate } }) {
    await gate.tokens.create('ada', { name: 'gone' });
    await send({ params: { name: 'gone' }, body: {} });
  },
  async 'put /api/v1/account/password'({ send, signedIn }) {
    await send({ by: await signedIn(), body: { new_password: 'nine quiet lanterns drift' } });
  },

  'get /api/v1/users': ({ send }) => send({ query: { limit: '1', q: 'a', role: 'admin', state: 'active' } }),
  'post /api/v1/users': ({ send }) =>
    send({
      body: { username: 'bob', password, role: 'user', active: true, email: 'b@example.com', display_name: 'B' },
    }),
  async 'get /api/v1/users/{username}'({ send, user }) {
    await send({ params: { username: await user() } });
  },
  async 'patch /api/v1/users/{username}'({ send, user }) {
    await send({ params: { username: await user() }, body: { role: 'viewer', display_name: null } });
  },
  async 'delete /api/v1/users/{username}'({ send, user }) {
    await send({ params: { username: await user() }, body: {} });
  },
  async 'post /api/v1/users/{username}/end'({ send, user }) {
    await send({ params: { username: await user() }, body: { tokens: true } });
  },
  async 'post /api/v1/users/{username}/token'({ send, user }) {
    await send({ params: { username: await user() }, body: { type: 'User', ttl: '5m' } });
  },

  'get /api/v1/invitations': ({ send }) => send({ query: { limit: '1' } }),
  'post /api/v1/invitations': ({ send }) => send({ body: { note: 'for eve', uses: 2 } }),
  async 'delete /api/v1/invitations/{id}'(drive) {
    const { id } = await invitationOf(drive);
    await drive.send({ params: { id }, body: {} });
  },

  'get /api/v1/clients': ({ send }) => send({ query: { limit: '1' } }),
  'post /api/v1/clients': ({ send }) => send({ body: { client_id: 'ci', name: 'Builds' } }),
  async 'get /api/v1/clients/{client_id}'({ send, client }) {
    await send({ params: { client_id: (await client()).client_id } });
  },
  async 'patch /api/v1/clients/{client_id}'({ send, client }) {
    await send({ params: { client_id: (await client()).client_id }, body: { name: 'Other', end_tokens: true } });
  },
  async 'delete /api/v1/clients/{client_id}'({ send, client }) {
    await send({ params: { client_id: (await client()).client_id }, body: {} });
  },
  async 'post /api/v1/clients/{client_id}/secret'({ send, client }) {
    await send({ params: { client_id: (await client()).client_id }, body: { end_others: true } });
  },

  'get /api/v1/audit': ({ send }) =>
    send({ query: { limit: '2', outcome: 'ok', from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' } }),

  'get /api/v1/explain': ({ send }) =>
    send({ query: { method: 'GET', url: 'https://localhost/notes?x=1', as: 'viewer', from: '10.0.0.1' } }),

  async 'post /oauth/token'(drive) {
    const { stranger: by, send } = drive;
    const pair = await asked(by, '/api/v1/login', { username: await drive.user(), password });
    const refresh = { grant_type: 'refresh_token', refresh_token: String(pair.refresh_token) };
    await send({ by, form: refresh });
    await send({ by, form: refresh });
    await send({ by, form: { ...(await drive.client()), grant_type: 'client_credentials' } });
    const { device_code: code } = await deviceOf(drive);
    await send({ by, form: { ...deviceGrant, device_code: String(code) } });
  },
  async 'post /oauth/introspect'(drive) {
    const { credentials, token } = await grantedOf(drive, ['gatewarden:introspect']);
    for (const one of [token, 'nonsense']) {
      await drive.send({ by: drive.stranger, form: { ...credentials, token: one } });
    }
    await drive.send({ by: drive.stranger, form: { token } });
  },
  async 'post /oauth/revoke'(drive) {
    const { credentials, token } = await grantedOf(drive);
    await drive.send({ by: drive.stranger, form: { ...credentials, token } });
    await drive.send({ by: drive.stranger, form: {} });
  },
  async 'post /oauth/device_authorization'({ send, stranger: by }) {
    await send({ by, form: { client_id: 'gatewarden' } });
    await send({ by, form: {} });
  },
};
