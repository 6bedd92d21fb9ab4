import { equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import test from 'node:test';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword } from '../support/gateway.ts';
import { freePort } from '../support/ports.ts';
import { start } from '../support/processes.ts';
import { program } from '../support/services.ts';

type Answer = Readonly<{ status: number; headers: IncomingHttpHeaders; text: string }>;

/** Its certificate is signed by nobody. */
const agent = new Agent({ rejectUnauthorized: false, keepAlive: false });

async function ask(url: string, headers: Record<string, string> = {}, form?: Record<string, string>): Promise<Answer> {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  const typed =
    body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(url).origin };
  const sent = request(url, { method: body === undefined ? 'GET' : 'POST', headers: { ...typed, ...headers }, agent });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  return { status: answer.statusCode ?? 0, headers: answer.headers, text };
}

for (const front of ['nginx', 'caddy'] as const) {
  const { skip } = await program(front);

  test(`the example asks who is there behind ${front}`, { skip }, async (t) => {
    await using folder = await temporaryFolder();
    const port = await freePort();
    const path = `${process.env.PATH}:/usr/sbin`;
    const env = { ...process.env, PATH: path, FRONT: front, FRONT_PORT: `${port}`, FORWARD_AUTH_DATA: folder.path };
    const example = start(process.execPath, ['--conditions=gatewarden-source', 'examples/forward-auth/start.ts'], {
      env,
    });
    t.after(() => example.stop());
    const [, token = ''] = await example.printed(/setup#token=(\S+)/, 60_000);
    await example.printed(/asks Gatewarden about each request/, 60_000);
    const site = `https://localhost:${port}`;

    equal((await ask(`${site}/`)).status, 401);
    const sent = await ask(`${site}/`, { accept: 'text/html' });
    equal(sent.headers.location, `${site}/_gatewarden/login?next=%2F`);
    const made = await ask(`${site}/_gatewarden/setup`, {}, { token, username: 'ada', password: adminPassword });
    equal(made.status, 303, made.text);
    const cookie = made.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    match((await ask(`${site}/`, { cookie })).text, /Good day, ada/);
  });
}
