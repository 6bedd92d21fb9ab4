import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import type { Client } from '../support/http.ts';
import { setupTokenOf } from '../support/setup-link.ts';
import { password, type Site, site } from './site.ts';

type Json = Record<string, unknown>;
type Media = Record<string, { schema: Json }>;
type Operation = {
  parameters: { name: string; in: string }[];
  requestBody?: { required: boolean; content: Media };
  responses: Record<string, { content?: Media }>;
};
type Description = { openapi: string; paths: Record<string, Record<string, Operation>>; components: Json };

let here: Site;
let admin: Client;
let description: Description;
before(async () => {
  here = await site({ signup: 'invite' });
  admin = await here.signedIn('ada', 'admin');
  description = (await (await here.client().send('/auth/api/v1/openapi.json')).json()) as Description;
});
after(() => here[Symbol.asyncDispose]());

/** The schema with its references followed, as one that judges. */
function judge(schema: Json): z.ZodType {
  const schemas = (description.components.schemas ?? {}) as Json;
  const name =
    String(schema.$ref ?? '')
      .split('/')
      .pop() ?? '';
  return z.fromJSONSchema((schemas[name] ?? schema) as z.core.JSONSchema.JSONSchema);
}

type Sent = Readonly<{
  method: string;
  path: string;
  at?: string;
  body?: Json;
  form?: Record<string, string>;
  by?: Client;
}>;

/** Every status that was seen, by operation. */
const seen = new Map<string, Set<string>>();

async function send({ method, path, at = path, body, form, by = admin }: Sent): Promise<Response> {
  const upper = method.toUpperCase();
  if (form) return by.send(`/auth${at}`, { method: upper, body: new URLSearchParams(form) });
  return body ? by.json(`/auth${at}`, body, { method: upper }) : by.send(`/auth${at}`, { method: upper });
}

/** Sends it, and holds the answer to what the description says of it. */
async function held(sent: Sent): Promise<Json> {
  const operation = description.paths[sent.path]?.[sent.method];
  ok(operation, `${sent.method} ${sent.path} is not described`);
  const answer = await send(sent);
  const [status, text] = [String(answer.status), await answer.text()];
  const key = `${sent.method} ${sent.path}`;
  seen.set(key, (seen.get(key) ?? new Set()).add(status));
  const described = operation.responses[status];
  ok(described, `${key} answered ${status}, which is not described: ${text}`);
  if (text === '') return {};
  const type = (answer.headers.get('content-type') ?? '').replace(/;.*/, '');
  const media = described.content?.[type];
  ok(media, `${key} answered ${status} as ${type}, which is not described`);
  if (!type.endsWith('json')) return {};
  const value = JSON.parse(text) as Json;
  judge(media.schema).parse(value);
  return value;
}

const proven = { current_password: password };

test('every described call answers as described, and no described success is left untried', async () => {
  const stranger = here.client();
  const setUp = await site();
  for (const path of [
    '/healthz',
    '/readyz',
    '/jwks.json',
    '/.well-known/oauth-authorization-server',
    '/api/v1/openapi.json',
    '/login',
    '/setup',
    '/',
  ]) {
    await held({ method: 'get', path, by: stranger });
  }
  const token = (await setupTokenOf(setUp.gate)) ?? '';
  const fresh = setUp.client();
  await held({ method: 'get', path: '/setup', at: '/setup', by: fresh });
  await held({ method: 'post', path: '/setup', form: { token, username: 'root1', password }, by: fresh });
  await setUp[Symbol.asyncDispose]();
  await held({ method: 'post', path: '/login', form: { username: 'ada', password: 'wrong' }, by: stranger });
  await held({ method: 'post', path: '/login', form: { username: 'ada', password }, by: stranger });
  await held({ method: 'get', path: '/login', by: stranger });
  await held({ method: 'get', path: '/account' });
  await held({ method: 'get', path: '/api/v1/session' });
  await held({ method: 'get', path: '/api/v1/users', at: '/api/v1/users?limit=1' });
  await held({ method: 'post', path: '/api/v1/users', body: { username: 'bob', password, ...proven } });
  const bob = { path: '/api/v1/users/{username}', at: '/api/v1/users/bob' };
  await held({ method: 'get', ...bob });
  await held({ method: 'patch', ...bob, body: { role: 'viewer', ...proven } });
  await held({ method: 'post', path: '/api/v1/users/{username}/token', at: '/api/v1/users/bob/token', body: proven });
  await held({ method: 'post', path: '/api/v1/users/{username}/end', at: '/api/v1/users/bob/end', body: proven });
  await held({ method: 'delete', ...bob, body: proven });
  const invitation = await held({ method: 'post', path: '/api/v1/invitations', body: { note: 'for eve', ...proven } });
  await held({ method: 'get', path: '/api/v1/invitations', at: '/api/v1/invitations?limit=1' });
  const eve = { username: 'eve', password, invitation: invitation.code };
  await held({ method: 'post', path: '/api/v1/signup', body: eve, by: stranger });
  await held({ method: 'post', path: '/api/v1/signup', body: { ...eve, username: 'eva' }, by: stranger });
  const one = { path: '/api/v1/invitations/{id}', at: `/api/v1/invitations/${invitation.id}` };
  await held({ method: 'delete', ...one, body: proven });
  await held({ method: 'post', path: '/api/v1/tokens', body: { name: 'ci', ...proven } });
  await held({ method: 'get', path: '/api/v1/tokens' });
  await held({ method: 'delete', path: '/api/v1/tokens/{name}', at: '/api/v1/tokens/ci', body: proven });
  await held({ method: 'get', path: '/api/v1/audit' });
  const ci = { path: '/api/v1/clients/{client_id}', at: '/api/v1/clients/ci' };
  await held({ method: 'post', path: '/api/v1/clients', body: { client_id: 'ci', name: 'Builds', ...proven } });
  await held({ method: 'get', path: '/api/v1/clients', at: '/api/v1/clients?limit=1' });
  await held({ method: 'get', ...ci });
  await held({ method: 'patch', ...ci, body: { scopes: ['gatewarden:read'], end_tokens: true, ...proven } });
  const secret = { path: '/api/v1/clients/{client_id}/secret', at: '/api/v1/clients/ci/secret' };
  await held({ method: 'post', ...secret, body: { end_others: true, ...proven } });
  await held({ method: 'delete', ...ci, body: proven });
  const named = { name: 'by-form', ...proven };
  await held({ method: 'post', path: '/account/tokens', form: { ...named, days: '30' } });
  await held({ method: 'get', path: '/account/revoke-token', at: '/account/revoke-token?name=by-form' });
  await held({ method: 'post', path: '/account/revoke-token', form: named });
  await held({ method: 'post', path: '/account/password', form: { ...proven, new_password: password } });
  await held({ method: 'get', path: '/logout' });
  const pair = await held({ method: 'post', path: '/api/v1/login', body: { username: 'ada', password } });
  const grant = { grant_type: 'refresh_token', refresh_token: String(pair.refresh_token) };
  await held({ method: 'post', path: '/oauth/token', form: grant });
  await held({ method: 'post', path: '/oauth/token', form: grant });
  const made = await here.gate.clients.create({
    clientId: 'checker',
    name: 'Checker',
    scopes: ['gatewarden:introspect'],
  });
  const credentials = { client_id: 'checker', client_secret: made.ok ? made.value.secret : '' };
  const own = await held({
    method: 'post',
    path: '/oauth/token',
    form: { ...credentials, grant_type: 'client_credentials' },
  });
  for (const token of [String(own.access_token), 'nonsense']) {
    await held({ method: 'post', path: '/oauth/introspect', form: { ...credentials, token } });
  }
  await held({ method: 'post', path: '/oauth/introspect', form: { token: 'nonsense' } });
  await held({ method: 'post', path: '/oauth/revoke', form: { ...credentials, token: String(own.access_token) } });
  await held({ method: 'post', path: '/oauth/revoke', form: {} });
  const device = { path: '/oauth/device_authorization', by: stranger };
  const codes = await held({ method: 'post', ...device, form: { client_id: 'gatewarden' } });
  await held({ method: 'post', ...device, form: {} });
  await held({ method: 'get', path: '/device' });
  await held({ method: 'post', path: '/device', form: { user_code: 'nothing' } });
  const decision = { user_code: String(codes.user_code), action: 'approve' };
  await held({ method: 'post', path: '/device', form: { ...decision, current_password: 'wrong' } });
  await held({ method: 'post', path: '/device', form: { ...decision, ...proven } });
  const deviceGrant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: 'gatewarden' };
  const deviceCode = { ...deviceGrant, device_code: String(codes.device_code) };
  await held({ method: 'post', path: '/oauth/token', form: deviceCode, by: stranger });
  const list = await held({ method: 'get', path: '/api/v1/sessions' });
  const other = (list.items as Json[]).find((one) => !one.current);
  await held({ method: 'delete', path: '/api/v1/sessions/{id}', at: `/api/v1/sessions/${other?.id}` });
  const change = { current_password: password, new_password: password };
  await held({ method: 'put', path: '/api/v1/account/password', body: change });
  await held({ method: 'delete', path: '/api/v1/session' });
  await held({ method: 'post', path: '/logout', form: { all: 'true' } });
  const untried = Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      Object.keys(responses)
        .filter((status) => /^[23]/.test(status) && !seen.get(`${method} ${path}`)?.has(status))
        .map((status) => `${method} ${path} ${status}`),
    ),
  );
  deepEqual(untried, []);
});

test('what nobody or the wrong body is answered is described, too', async () => {
  const stranger = here.client();
  for (const [path, operations] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const at = path.replace(/\{\w+\}/g, 'x');
      if (!path.startsWith('/api/')) continue;
      await held({ method, path, at, by: stranger });
      if (operation.requestBody) await held({ method, path, at, by: stranger, body: { surely_not_a_field: 1 } });
    }
  }
});

test('every body described refuses a field that it does not know, as the server does', () => {
  const bodies = Object.values(description.paths).flatMap((operations) =>
    Object.values(operations).flatMap(({ requestBody }) => requestBody?.content['application/json'] ?? []),
  );
  ok(bodies.length > 5);
  for (const { schema } of bodies) equal(schema.additionalProperties, false);
});

test('it is OpenAPI 3.1, and every name in a path is a parameter', () => {
  ok(description.openapi.startsWith('3.1.'));
  for (const [path, operations] of Object.entries(description.paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const { parameters } of Object.values(operations)) {
      deepEqual(
        parameters.filter((one) => one.in === 'path').map((one) => one.name),
        named,
      );
    }
  }
});

test('a body is required where an empty one is not enough', () => {
  const required = (method: string, path: string) => description.paths[path]?.[method]?.requestBody?.required;
  deepEqual(
    [required('post', '/logout'), required('delete', '/api/v1/users/{username}'), required('post', '/login')],
    [false, false, false],
  );
  deepEqual([required('post', '/api/v1/users'), required('post', '/api/v1/login')], [true, true]);
});
