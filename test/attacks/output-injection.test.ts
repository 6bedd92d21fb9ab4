import { deepEqual, equal, ok } from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { gatewardenCommand } from '../support/command.ts';
import { adminPassword, type RunningGateway } from '../support/gateway.ts';
import { type Client, rawRequest } from '../support/http.ts';
import { startDemo } from '../support/installation.ts';

// What moves a cursor, starts a line, ends a field or turns the direction of a text: none of it may come out as it is.
const harmful = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

const esc = '\u001b[2J\u001b]0;owned\u0007';
const strange: Readonly<Record<string, string>> = {
  'ANSI escapes': `red${esc}`,
  'C1 controls': 'red\u009b31m\u009d0;owned\u009c',
  'new lines': 'ada\r\n{"level":30,"msg":"request","user":"ada"}\n',
  'bidirectional marks': 'ada\u202eexe.txt\u2066\u2069',
  'what nobody sees': 'a\u200bda\ufeff\u2060',
  'a line separator': 'ada\u2028bob',
  'a formula': '=HYPERLINK("http://evil.example";"x")',
  'a formula behind a tab': '\t@SUM(1+1)*cmd|calc!A0',
  markup: '"><script src=//evil.example></script><!--',
};

for (const format of ['json', 'pretty'] as const) {
  let gateway: RunningGateway & AsyncDisposable;
  let admin: Client;
  before(async () => {
    gateway = await startDemo({ settings: { LOG_FORMAT: format, LOG_LEVEL: 'debug' } });
    admin = await gateway.firstAdmin();
  });
  after(() => gateway[Symbol.asyncDispose]());

  const api = (path: string) => `/_gatewarden/api/v1/${path}`;
  const line = (...lines: readonly string[]) =>
    rawRequest(gateway.port, Buffer.from(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`, 'latin1'), 2000);

  // The other ones differ in what a spreadsheet or a page makes of them, which the format of the log has no part in.
  const inLog = ['ANSI escapes', 'C1 controls', 'new lines', 'bidirectional marks', 'a formula'];
  for (const [what, text] of Object.entries(strange).filter(([one]) => format === 'json' || inLog.includes(one))) {
    test(`${what} in a name at the sign-in, an agent, a request id and a path (log in ${format})`, async () => {
      await admin.json(api('login'), { username: text, password: 'x' });
      await admin.form('/_gatewarden/login', { username: text, password: 'x' });
      const bytes = Buffer.from(text).toString('latin1');
      const host = `Host: 127.0.0.1:${gateway.port}`;
      await line('GET /x HTTP/1.1', host, 'Authorization: Bearer x', `User-Agent: ${bytes}`);
      await line('GET / HTTP/1.1', host, `User-Agent: ${bytes}`, `X-Request-Id: ${bytes}`);
      await line('GET / HTTP/1.1', host, `X-Request-Id: ${bytes}`);
      await line(`GET /${bytes.replaceAll(' ', '')} HTTP/1.1`, host, `User-Agent: ${bytes}`);
      await line(`GET /${text.replaceAll(' ', '')} HTTP/1.1`, host);
      await line(`GET /_gatewarden/${bytes.replaceAll(' ', '')}?${bytes} HTTP/1.1`, host);
      await line(`${text.slice(0, 5)} / HTTP/1.1`, host);
      equal((await admin.send('/')).status, 200);
    });
  }

  test(`names of every kind of thing: what would do harm is refused (log in ${format})`, async () => {
    for (const text of format === 'json' ? Object.values(strange) : [esc]) {
      const users = await admin.json(api('users'), { username: text, current_password: adminPassword });
      const tokens = await admin.json(api('tokens'), { name: text, current_password: adminPassword });
      deepEqual([users.status, tokens.status], [400, 400]);
      for (const answer of [users, tokens]) ok(!(await answer.text()).includes('owned'));
    }
    for (const [name, status] of [
      [strange['ANSI escapes'], 400],
      [strange['bidirectional marks'], 400],
      [strange['new lines'], 400],
      ['=1+1', 200],
    ] as const) {
      const edit = { display_name: name, current_password: adminPassword };
      equal((await admin.json(api('users/ada'), edit, { method: 'PATCH' })).status, status);
    }
  });

  test(`the log in ${format} holds one line for each thing, and nothing that does harm`, () => {
    const { stdout, stderr } = gateway.process;
    const lines = stdout.split('\n').filter(Boolean);
    ok(lines.length > 50);
    deepEqual(
      lines.filter((one) => harmful.test(one)),
      [],
    );
    if (format === 'json') for (const one of lines) equal(typeof JSON.parse(one), 'object');
    equal(harmful.test(stderr), false);
    // Nobody writes a line of their own.
    deepEqual(
      lines.filter((one) => /^\{"level":30,"msg":"request","user":"ada"\}/.test(one)),
      [],
    );
  });

  test(`the audit log holds nothing that does harm, and still says what was tried (log in ${format})`, async () => {
    const { items } = (await (await admin.send(api('audit?limit=200'))).json()) as {
      items: { agent: string | null }[];
    };
    ok(items.some(({ agent }) => agent?.includes('HYPERLINK')));
    const texts = items.flatMap((one) => Object.values(one)).filter((value) => typeof value === 'string');
    deepEqual(
      texts.filter((value) => harmful.test(value)),
      [],
    );
  });

  test(`a page shows what was typed as text (log in ${format})`, async () => {
    const page = await (await gateway.client().form('/_gatewarden/login', { username: strange.markup ?? '' })).text();
    equal(page.replace(/<script src="[\w./-]+" defer><\/script>/g, '').includes('<script'), false);
    ok(page.includes('&lt;script') || page.includes('&#60;script'));
    const next = await gateway.client().send(`/_gatewarden/login?next=${encodeURIComponent('/"><script>')}`);
    const shown = (await next.text()).replace(/<script src="[\w./-]+" defer><\/script>/g, '');
    equal(shown.includes('<script'), false);
  });
}

test('names that somebody wrote into the database do a terminal no harm, in any format', async () => {
  await using gateway = await startDemo();
  const admin = await gateway.firstAdmin();
  const database = new DatabaseSync(join(gateway.dataDir, 'gatewarden.db'), { timeout: 2000 });
  const write = database.prepare(
    "UPDATE user SET record = json_set(record, '$.displayName', ?1, '$.email', ?1) WHERE key_name = ?2",
  );
  for (const [at, text] of Object.values(strange).entries()) {
    const user = { username: `user${at}`, current_password: adminPassword };
    equal((await admin.json('/_gatewarden/api/v1/users', user)).status, 201);
    equal(write.run(text, user.username).changes, 1);
  }
  database.close();
  const count = Object.keys(strange).length + 1;
  for (const format of ['table', 'plain', 'json']) {
    const given = ['user', 'list', '--local', '-o', format];
    const { code, stdout } = await gatewardenCommand(given, { settings: { DATA_DIR: gateway.dataDir } });
    equal(code, 0);
    equal(harmful.test(format === 'plain' ? stdout.replaceAll('\t', '') : stdout), false, stdout);
    const rows = stdout.trimEnd().split('\n').length;
    equal(format === 'json' ? JSON.parse(stdout).length : rows, format === 'table' ? count + 1 : count);
  }
});
