import { match } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { commandLine } from '../support/gateway.ts';
import { run } from '../support/processes.ts';

const sources = /\/lib\/index\.ts$/;

test('the tests run on the sources, not on what was built last', () => {
  match(import.meta.resolve('gatewarden'), sources);
});

test('so do the processes that they start', async () => {
  const [condition = ''] = commandLine;
  const asked = await run(process.execPath, [
    ...[condition, '--input-type=module'],
    ...['--eval', "console.log(import.meta.resolve('gatewarden'))"],
  ]);
  match((asked.stdout + asked.stderr).trim(), sources);
});

test('undici, whose internal files the gateway imports, is pinned to one version', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  match(dependencies.undici, /^\d+\.\d+\.\d+$/);
});
