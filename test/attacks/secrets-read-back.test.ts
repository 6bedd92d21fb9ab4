import { deepEqual, equal, ok } from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { inventory } from '../../lib/routes/inventory.ts';
import { adminPassword, type RunningGateway } from '../support/gateway.ts';
import type { Client } from '../support/http.ts';
import { startDemo } from '../support/installation.ts';
import { tokenIn } from '../support/setup-link.ts';

const proxySecret = 'the-front-proxy-knows-this-one';
const wrongPassword = 'typed into the wrong field';

let gateway: RunningGateway & AsyncDisposable;
let admin: Client;
/** What nobody may read, by what it is. */
const secrets = new Map<string, string>();
/** Everything that the gateway answered to the admin, by what was asked. */
const answers = new Map<string, string>();

const api = (path: string) => `/_gatewarden/api/v1/${path}`;

function keep(what: string, secret: unknown): void {
  if (typeof secret !== 'string' || secret.length < 8) throw new Error(`there is no ${what}`);
  secrets.set(what, secret);
}

before(async () => {
  const settings = { PROXY_SECRET: proxySecret, TRUSTED_PROXIES: '192.0.2.1/32', LOG_LEVEL: 'debug' };
  gateway = await startDemo({ settings });
  keep('setup token', tokenIn(await gateway.setupLink()));
  admin = await gateway.firstAdmin();
  keep('password', adminPassword);
  keep('wrong password', wrongPassword);
  keep('proxy secret', proxySecret);
  keep('secret key', (await readFile(join(gateway.dataDir, 'secret_key'), 'utf8')).trim());
  const cookie = decodeURIComponent(admin.jar.get('gatewarden') ?? '');
  keep('session id', cookie.slice(2).split('.')[0]);
  keep('signature of the session', cookie.split('.')[1]);
  await credentials();
  inDatabase();
});
after(() => gateway[Symbol.asyncDispose]());

async function credentials(): Promise<void> {
  const confirm = { current_password: adminPassword };
  const user = { username: 'vera', password: 'herons over quiet water', role: 'operator', ...confirm };
  equal((await admin.json(api('users'), user)).status, 201);
  keep('password of another', user.password);
  const told = async (answer: Promise<Response>) => (await (await answer).json()) as Record<string, string>;
  keep('API token', (await told(admin.json(api('tokens'), { name: 'ci', ...confirm }))).token);
  const ada = { username: 'ada', password: adminPassword };
  const signedIn = await told(gateway.client().json(api('login'), ada));
  keep('access token', signedIn.token);
  keep('refresh token', signedIn.refresh_token);
  keep('minted token', (await told(admin.json(api('users/vera/token'), confirm))).token);
  equal((await gateway.client().json(api('login'), { username: wrongPassword, password: 'x' })).status, 401);
  equal((await admin.json(api('tokens'), { name: 'x', current_password: wrongPassword })).status, 403);
}

function inDatabase(): void {
  const database = new DatabaseSync(join(gateway.dataDir, 'gatewarden.db'), { readOnly: true });
  const all = (sql: string) => database.prepare(sql).all();
  const kept = (table: string, field: string) => all(`SELECT id, record ->> '${field}' AS value FROM ${table}`);
  for (const row of kept('user', 'passwordHash')) keep(`hash of ${row.id}`, row.value);
  for (const row of kept('api_token', 'hash')) keep('hash of the API token', row.value);
  for (const row of kept('refresh_family', 'hash')) keep('hash of the refresh token', row.value);
  for (const row of kept('refresh_family', 'handle')) keep('hash of the handle of refresh tokens', row.value);
  for (const row of kept('signing_key', 'sealed')) keep('sealed key', row.value);
  for (const row of kept('fact', 'value')) keep(`fact ${row.id}`, row.value);
  database.close();
}

const paths = (): readonly string[] =>
  inventory
    .filter(({ method }) => method === 'get')
    .map(({ path }) => path.replace('{username}', 'ada').replace(/\{\w+\}/, 'ci'))
    .concat(['/api/v1/users/vera', '/api/v1/tokens/ci', '/api/v1/sessions/ci', '/setup?token=x', '/nothing', '/.env']);

async function readAll(who: string, headers: Readonly<Record<string, string>>): Promise<void> {
  for (const path of paths()) {
    for (const accept of ['application/json', 'text/html']) {
      const answer = await fetch(`${gateway.address}/_gatewarden${path}`, {
        headers: { accept, ...headers },
        redirect: 'manual',
      });
      const told = [...answer.headers].map((pair) => pair.join(': ')).join('\n');
      answers.set(`${who}: GET ${path} as ${accept}`, `${told}\n\n${await answer.text()}`);
    }
  }
}

/** What holds the secret: names of answers, never their text. */
const holding = (secret: string) => [...answers].filter(([, text]) => text.includes(secret)).map(([name]) => name);

test('reading everything that can be read, as an admin by cookie and by token, and as nobody', async () => {
  const bearer = { authorization: `Bearer ${secrets.get('API token')}` };
  await readAll('by cookie', { cookie: admin.jar.header });
  await readAll('by token', bearer);
  await readAll('by access token', { authorization: `Bearer ${secrets.get('access token')}` });
  await readAll('as nobody', {});
  ok(answers.size > 100);
  ok([...answers].some(([name, text]) => name.includes('/users/ada') && text.includes('"has_password":true')));
  ok([...answers].some(([name, text]) => name.includes('/api/v1/audit') && text.includes('token.created')));
  const found = [...secrets].flatMap(([what, secret]) => holding(secret).map((where) => `${what} in ${where}`));
  // What was typed as a name is told to admins as what was tried, and to nobody else.
  deepEqual(
    found.filter((one) => !one.startsWith('wrong password in by') || !one.includes('/api/v1/audit')),
    [],
  );
});

test('reading private parts of the signing keys', () => {
  const [, keys = ''] = [...answers].find(([name]) => name.includes('jwks')) ?? [];
  const published = JSON.parse(keys.slice(keys.indexOf('\n\n'))) as { keys: object[] };
  ok(published.keys.length > 0);
  for (const key of published.keys) {
    deepEqual(
      Object.keys(key).filter((name) => /^(d|p|q|dp|dq|qi|oth|k)$/.test(name)),
      [],
    );
  }
});

test('reading them in the log, at its most talkative', () => {
  const { stdout, stderr } = gateway.process;
  ok(stdout.includes('"msg":"request"'));
  const found = [...secrets]
    .filter(([what]) => !what.startsWith('fact'))
    .filter(([, secret]) => stdout.includes(secret));
  deepEqual(
    found.map(([what]) => what),
    [],
  );
  const printed = [...secrets].filter(([, secret]) => stderr.includes(secret)).map(([what]) => what);
  deepEqual(printed, ['setup token']);
});

test('reading them where they lie: only their hashes are kept, and only for the owner’s eyes', async () => {
  const plain = [
    'setup token',
    'password',
    'password of another',
    'session id',
    'API token',
    'access token',
    'refresh token',
  ];
  for (const file of await readdir(gateway.dataDir)) {
    if (file === 'secret_key') continue;
    const bytes = (await readFile(join(gateway.dataDir, file))).toString('latin1');
    deepEqual(
      plain.filter((what) => bytes.includes(secrets.get(what) ?? '')),
      [],
      file,
    );
  }
});
