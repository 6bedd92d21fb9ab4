import { deepEqual, equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { parseEnv } from 'node:util';
import { errorTable } from '../../lib/errors.ts';
import { settingTable } from '../../lib/settings/index.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { documents } from '../../tools/documents.ts';

for (const [path, text] of Object.entries(documents)) {
  test(`${path} is what \`npm run generate\` makes`, () => equal(readFileSync(path, 'utf8'), text()));
}

const headings = (path: string) => [...readFileSync(path, 'utf8').matchAll(/^## (\w+)$/gm)].map((found) => found[1]);

test('docs/errors.md has a heading for every code and for nothing else', () => {
  deepEqual(headings('docs/errors.md').sort(), Object.keys(errorTable).sort());
});

test('docs/configuration.md has a heading for every setting and for nothing else', () => {
  const names = Object.values(settingTable).map(({ env }) => `GATEWARDEN_${env}`);
  deepEqual(headings('docs/configuration.md').sort(), names.sort());
});

test('every line of .env.example can be used: alone, each value is read', () => {
  const lines = readFileSync('.env.example', 'utf8').matchAll(/^# (GATEWARDEN_\w+=.*)$/gm);
  const each = [...lines].map(([, line = '']) => parseEnv(line));
  equal(each.length, Object.keys(settingTable).length);
  const tls = { GATEWARDEN_TLS_CERT: '/etc/cert.pem', GATEWARDEN_TLS_KEY: '/etc/key.pem' };
  const beside = { GATEWARDEN_PUBLIC_URL: 'https://app.example.com', ...tls };
  for (const env of each) loadSettings({ env: { ...beside, ...env }, applies: 'gateway' });
});
