import { deepEqual, equal, match } from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import test, { after, before } from 'node:test';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword } from '../support/gateway.ts';
import { type Client, client } from '../support/http.ts';
import { freePort } from '../support/ports.ts';
import { type Started, start } from '../support/processes.ts';

let example: Started;
let direct: string;
let address: string;
let ada: Client;
const folder = await temporaryFolder();

before(async () => {
  const port = await freePort();
  const env = { ...process.env, PORT: `${port}`, GATEWARDEN_DATA_DIR: folder.path };
  example = start(process.execPath, ['--conditions=gatewarden-source', 'examples/behind-gateway/start.ts'], { env });
  const [, token = ''] = await example.printed(/setup#token=([\w-]+)/, 60_000);
  const [, past = ''] = await example.printed(/Past it: (\S+)/, 60_000);
  [direct, address] = [past, `http://localhost:${port}`];
  ada = client(address);
  const made = await ada.form('/_gatewarden/setup', { token, username: 'ada', password: adminPassword });
  equal(made.status, 303);
});
after(async () => {
  await example.stop();
  await folder[Symbol.asyncDispose]();
});

test('through the gateway everybody is who they are, and has entries of their own', async () => {
  deepEqual(await (await ada.send('/')).json(), { hello: 'ada' });
  equal((await ada.json('/entries', { text: 'gulls' })).status, 201);
  deepEqual(await (await ada.send('/entries')).json(), ['gulls']);
  const stranger = client(address);
  deepEqual(await (await stranger.send('/')).json(), { hello: 'nobody' });
  equal((await stranger.send('/entries')).status, 401);
});

test('what a client says of itself is not believed through the gateway either', async () => {
  const headers = {
    'X-Forwarded-User': 'ada',
    'X-Gatewarden-Assertion': 'e30.e30.e30',
    X_Gatewarden_Assertion: 'e30.e30.e30',
  };
  deepEqual(await (await client(address).send('/', { headers })).json(), { hello: 'nobody' });
});

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The claims that an attacker would like to have signed. */
function wanted(): string {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: `${address}/_gatewarden`, aud: 'upstream', sub: 'u_1', name: 'ada', role: 'admin', scopes: [] };
  return encoded({ ...claims, iat, exp: iat + 60 });
}

const typ = 'gatewarden-assertion+jwt';

async function kid(): Promise<string> {
  const answer = await fetch(`${address}/_gatewarden/jwks.json`);
  const { keys } = (await answer.json()) as { keys: { kid: string }[] };
  return keys[0]?.kid ?? '';
}

function signedByAnother(header: object): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const input = `${encoded({ alg: 'EdDSA', typ, ...header })}.${wanted()}`;
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
}

async function accessToken(): Promise<string> {
  const answer = await client(address).json('/_gatewarden/api/v1/login', { username: 'ada', password: adminPassword });
  const { token } = (await answer.json()) as { token: string };
  return token;
}

const forged: readonly [title: string, headers: () => Promise<Record<string, string>>][] = [
  ['nothing', async () => ({})],
  [
    'identity headers of every kind',
    async () => ({ 'X-Forwarded-User': 'ada', 'Remote-User': 'ada', 'X-Auth-Request-User': 'ada' }),
  ],
  [
    'forwarding headers',
    async () => ({ 'X-Forwarded-For': '127.0.0.1', 'X-Forwarded-Host': 'localhost', Forwarded: 'for=127.0.0.1' }),
  ],
  ['the cookie of a session', async () => ({ Cookie: ada.jar.header })],
  ['an access token as a bearer', async () => ({ Authorization: `Bearer ${await accessToken()}` })],
  ['an access token as the assertion', async () => ({ 'X-Gatewarden-Assertion': await accessToken() })],
  ['the assertion as a bearer', async () => ({ Authorization: `Bearer ${signedByAnother({ kid: await kid() })}` })],
  [
    'an assertion without a signature',
    async () => ({ 'X-Gatewarden-Assertion': `${encoded({ alg: 'none', typ })}.${wanted()}.` }),
  ],
  ['one signed with another key', async () => ({ 'X-Gatewarden-Assertion': signedByAnother({ kid: await kid() }) })],
  [
    'one that brings its key',
    async () => ({ 'X-Gatewarden-Assertion': signedByAnother({ jku: 'http://127.0.0.1:9/' }) }),
  ],
  [
    'one signed by HMAC',
    async () => {
      const input = `${encoded({ alg: 'HS256', typ, kid: await kid() })}.${wanted()}`;
      return { 'X-Gatewarden-Assertion': `${input}.${createHmac('sha256', '').update(input).digest('base64url')}` };
    },
  ],
];
for (const [title, headers] of forged) {
  test(`past the gateway, with ${title}: 401`, async () => {
    for (const path of ['/', '/entries', '//entries', '/nothing']) {
      const answer = await fetch(`${direct}${path}`, { headers: await headers() });
      equal(answer.status, 401);
      match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
      match(answer.headers.get('cache-control') ?? '', /no-store/);
    }
    const body = JSON.stringify({ text: 'not mine' });
    const init = { method: 'POST', body, headers: { ...(await headers()), 'Content-Type': 'application/json' } };
    equal((await fetch(`${direct}/entries`, init)).status, 401);
  });
}

test('past the gateway, a health check is answered', async () => {
  equal((await fetch(`${direct}/health`)).status, 200);
});

test('nobody’s request changed the entries', async () => {
  deepEqual(await (await ada.send('/entries')).json(), ['gulls']);
});
