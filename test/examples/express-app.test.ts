import { deepEqual, equal, match } from 'node:assert/strict';
import type { Server } from 'node:http';
import test, { after, before } from 'node:test';
import { type Gatewarden, gatewarden } from 'gatewarden';
import { boardApp, serve } from '../../examples/express-app/server.ts';
import { temporaryFolder } from '../support/folders.ts';
import { type Client, client, rawRequest } from '../support/http.ts';

const folder = await temporaryFolder();
const password = 'gulls over the breakwater';
let gate: Gatewarden;
let server: Server;
let address: string;

before(async () => {
  gate = await gatewarden({ dataDir: folder.path, logLevel: 'silent' });
  ({ server, address } = await serve(boardApp(gate), 0));
  for (const username of ['vera', 'uma', 'otto']) {
    const role = { vera: 'viewer', uma: 'user', otto: 'operator' }[username];
    equal((await gate.users.create({ username, password, role })).ok, true);
  }
});

after(async () => {
  server.closeAllConnections();
  server.close();
  await gate.close();
  await folder[Symbol.asyncDispose]();
});

async function signedInAs(username: string): Promise<Client> {
  const someone = client(address);
  const answer = await someone.form('/auth/login', { username, password, next: '/notes' });
  deepEqual([answer.status, answer.headers.get('location')], [303, '/notes']);
  return someone;
}

const paths = ['GET /health', 'GET /', 'GET /notes', 'POST /notes', 'GET /notes/uma', 'GET /machine'] as const;
const expected: readonly [who: string, statuses: readonly number[]][] = [
  ['nobody', [200, 200, 401, 401, 401, 401]],
  ['vera', [200, 200, 200, 403, 403, 403]],
  ['uma', [200, 200, 200, 303, 200, 403]],
  ['otto', [200, 200, 200, 303, 200, 200]],
];

for (const [who, statuses] of expected) {
  test(`${who}: ${paths.map((path, at) => `${path} ${statuses[at]}`).join(', ')}`, async () => {
    const someone = who === 'nobody' ? client(address) : await signedInAs(who);
    const seen = [];
    for (const path of paths) {
      const [method = '', target = ''] = path.split(' ');
      const body = method === 'POST' ? new URLSearchParams({ text: `from ${who}` }) : null;
      seen.push((await someone.send(target, { method, body })).status);
    }
    deepEqual(seen, statuses);
  });
}

test('a page shows who is signed in, and what they wrote as text', async () => {
  const uma = await signedInAs('uma');
  await uma.form('/notes', { text: '<script>alert(1)</script>' });
  const page = await (await uma.send('/notes')).text();
  match(page, /Signed in as <strong>uma<\/strong>, user/);
  match(page, /<b>uma<\/b>: &lt;script&gt;/);
});

test('a browser that is not signed in is sent to the sign-in page below /auth', async () => {
  const { port } = new URL(address);
  const lines = ['GET /notes HTTP/1.1', `Host: 127.0.0.1:${port}`, 'Accept: text/html', 'Connection: close', '', ''];
  match(
    await rawRequest(Number(port), lines.join('\r\n')),
    /^HTTP\/1\.1 30[23] .*\r\nlocation: \/auth\/login\?next=%2Fnotes\r\n/is,
  );
});

test('signing out from the page ends the session', async () => {
  const vera = await signedInAs('vera');
  equal((await vera.form('/auth/logout', {})).status, 303);
  equal((await vera.send('/notes')).status, 401);
});
