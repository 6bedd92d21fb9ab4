import { deepEqual } from 'node:assert/strict';
import test from 'node:test';
import { rememberIssuer } from '../../lib/start/remembered-issuer.ts';
import { factsIn } from '../../lib/stores/records/facts.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';

const one = 'https://one.example.com/_gatewarden';
const two = 'https://two.example.com/_gatewarden';

async function starts() {
  const facts = factsIn((await openSqlite({ memory: true })).records);
  const warnings: unknown[] = [];
  const silent = () => undefined;
  const log = { debug: silent, info: silent, error: silent, warn: (fields: object) => void warnings.push(fields) };
  const start = (issuer: string, publicUrl: string | undefined = new URL(issuer).origin) =>
    rememberIssuer({ facts, settings: { issuer: undefined, publicUrl }, issuer, log });
  return { start, warnings, facts };
}

test('an instance that comes with another issuer says so at its start, naming both', async () => {
  const { start, warnings } = await starts();
  for (const issuer of [one, one, two]) await start(issuer);
  deepEqual(warnings, [{ issuer: two, before: one, setting: 'GATEWARDEN_ISSUER' }]);
});

test('an issuer that was changed for good is said once', async () => {
  const { start, warnings } = await starts();
  for (const issuer of [one, two, two]) await start(issuer);
  deepEqual(warnings.length, 1);
});

test('the issuer of an instance without PUBLIC_URL is not remembered', async () => {
  const { facts, warnings } = await starts();
  const settings = { issuer: undefined, publicUrl: undefined };
  const silent = () => undefined;
  const log = { debug: silent, info: silent, error: silent, warn: silent };
  await rememberIssuer({ facts, settings, issuer: 'http://localhost:8080/_gatewarden', log });
  deepEqual([await facts.get('issuer'), warnings], [undefined, []]);
});
