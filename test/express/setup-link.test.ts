import { deepEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../support/processes.ts';

const inMemory = "(await import('./lib/stores/sqlite/index.ts')).openSqlite({ memory: true })";
const settings = "secretKey: ['kJ8vT2mQx7pLr4sYw9zB1nC6hG3fD5aE0uIoXtRqVZM']";
const publicUrl = "publicUrl: 'https://app.example'";
const gateWith = (...more: string[]) =>
  `await gatewarden({ ${[settings, ...more].join(', ')}, logLevel: 'silent', stores: await ${inMemory} })`;

/** The address that listens, in the way that links have it. */
const listens = `await new Promise((resolve) => server.once('listening', resolve));
console.log('port', server.address().port);`;

const program = (gate: string, app: string) => `
import { createServer } from 'node:http';
import express from 'express';
import { setTimeout as wait } from 'node:timers/promises';
import { gatewarden } from 'gatewarden';
import { testGate } from 'gatewarden/testing';
const gate = ${gate};
const app = express();
let server;
${app}
await wait(1300);
server?.close();
await gate.close();
`;

const mounted = "app.use('/auth', gate.router());";

const cases: [title: string, gate: string, app: string, links: string[]][] = [
  ['below PUBLIC_URL, at once', gateWith(publicUrl), mounted, ['https://app.example/auth/setup']],
  [
    'at the port where the app listens, whatever PORT says',
    gateWith(),
    `${mounted} server = app.listen(0); ${listens}`,
    ['http://localhost:PORT/auth/setup'],
  ],
  [
    'at the address of the outermost app',
    gateWith(),
    `const inner = express(); inner.use('/auth', gate.router()); app.use('/tools', inner);
     server = app.listen(0, '127.0.0.1'); ${listens}`,
    ['http://127.0.0.1:PORT/tools/auth/setup'],
  ],
  [
    'without an address where another server listens',
    gateWith(),
    `${mounted} server = createServer((req, res) => res.end()).listen(0, '127.0.0.1'); ${listens}`,
    ['/auth/setup'],
  ],
  ['without an address where nothing listens yet', gateWith(), mounted, ['/auth/setup']],
  ['not at all in a test', `(await testGate({ ${settings}, ${publicUrl} })).gate`, mounted, []],
  ['not at all once the gate is closed', gateWith(), `${mounted} await gate.close();`, []],
];
for (const [title, gate, app, links] of cases) {
  test(`an app says where the first admin is made: ${title}`, async () => {
    const flags = ['--conditions=gatewarden-source', '--input-type=module', '--eval', program(gate, app)];
    const { code, stdout, stderr } = await run(process.execPath, flags);
    const port = /port (\d+)/.exec(stdout)?.[1] ?? 'none';
    const told = [...stderr.matchAll(/^ {2}(\S*)#token=\S+$/gm)].map(([, link]) =>
      link?.replace(`:${port}/`, ':PORT/'),
    );
    deepEqual([code, told], [0, links], stderr);
    if (links[0]?.startsWith('/')) match(stderr, /Open this path, at the address where this app listens,/);
  });
}
