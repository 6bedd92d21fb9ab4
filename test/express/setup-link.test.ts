import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../support/processes.ts';

const program = (gate: string) => `
import express from 'express';
import { gatewarden } from 'gatewarden';
import { testGate } from 'gatewarden/testing';
const gate = ${gate};
express().use('/auth', gate.router());
await gate.setupLink('');
await gate.close();
`;

const settings = "secretKey: ['kJ8vT2mQx7pLr4sYw9zB1nC6hG3fD5aE0uIoXtRqVZM'], publicUrl: 'https://app.example'";
const inMemory = "(await import('./lib/stores/sqlite/index.ts')).openSqlite({ memory: true })";

const cases: [who: string, gate: string, links: string[]][] = [
  [
    'an app says where the first admin is made when it mounts the pages',
    `await gatewarden({ ${settings}, logLevel: 'silent', stores: await ${inMemory} })`,
    ['https://app.example/auth/setup'],
  ],
  ['a test has nobody to tell', `(await testGate({ ${settings} })).gate`, []],
];
for (const [title, gate, links] of cases) {
  test(`${title}`, async () => {
    const flags = ['--conditions=gatewarden-source', '--input-type=module', '--eval', program(gate)];
    const { code, stdout, stderr } = await run(process.execPath, flags);
    const told = [...(stdout + stderr).matchAll(/(https:\S+)#token=\S+/g)].map(([, link]) => link);
    deepEqual([code, told], [0, links], stderr);
  });
}
