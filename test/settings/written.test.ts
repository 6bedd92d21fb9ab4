import { deepEqual, equal } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { readSettings, settingGroups, settingTable, writtenSetting } from '../../lib/settings/index.ts';
import { type Settings, settingKeys } from '../../lib/settings/settings.ts';
import { temporaryFolder } from '../support/folders.ts';

/** A value of each kind of parser, as somebody would give it. */
const given: Readonly<Record<string, string>> = {
  GATEWARDEN_UPSTREAM: 'http://127.0.0.1:3000/base/',
  GATEWARDEN_PORT: '0',
  GATEWARDEN_SESSION_IDLE: '5400s',
  GATEWARDEN_SESSION_LIFETIME: '48h',
  GATEWARDEN_UPSTREAM_TIMEOUT: '0',
  GATEWARDEN_IDENTITY_HEADERS: 'none',
  GATEWARDEN_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
  GATEWARDEN_RULES: 'viewer read /**\nuser * /**',
  GATEWARDEN_AUTO_LOGIN: 'TRUE',
  GATEWARDEN_SIGNUP: 'invite',
  GATEWARDEN_BRAND_NAME: 'Example, Inc.',
};

const read = (env: Readonly<Record<string, string>>, options = {}) =>
  readSettings({ env, given: options, applies: 'gateway', terminal: false });

test('what is written of a setting is read as the same value', () => {
  const { settings } = read(given);
  const shown = settingKeys
    .filter((key) => !settingTable[key].secret && settings[key] !== undefined)
    .map((key) => [`GATEWARDEN_${settingTable[key].env}`, writtenSetting(key, settings) ?? '']);
  deepEqual(read(Object.fromEntries(shown)).settings, settings);
});

const written: readonly (readonly [keyof Settings, string | undefined])[] = [
  ['sessionIdle', '90m'],
  ['sessionLifetime', '2d'],
  ['upstreamTimeout', '0'],
  ['identityHeaders', 'none'],
  ['trustedProxies', '10.0.0.0/8, ::1/128'],
  ['autoLogin', 'true'],
  ['port', '0'],
  ['publicUrl', undefined],
];

for (const [key, text] of written) {
  test(`${key} is written ${text ?? 'not at all'}`, () => equal(writtenSetting(key, read(given).settings), text));
}

test('a secret is never written', () => {
  const secrets = settingKeys.filter((key) => settingTable[key].secret);
  equal(secrets.length > 4, true);
  const key = 'q7Zr1vXo0c5e3uYt9Wk2mNb8aHsLdJfG4iPxQwEyRzA';
  const { settings } = read({ GATEWARDEN_SECRET_KEY: key, GATEWARDEN_MONGODB_URL: 'mongodb://a:b@c/d' });
  for (const one of secrets) equal(writtenSetting(one, settings), settings[one] === undefined ? undefined : '***');
});

test('each setting says where it is from: an option before a variable, a variable or its file before the default', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'name');
  await writeFile(path, 'From a file\n');
  const env = {
    GATEWARDEN_BRAND_NAME_FILE: path,
    GATEWARDEN_PORT: '8080',
    GATEWARDEN_SIGNUP: 'open',
    GATEWARDEN_ROLES: ' ',
  };
  const { origins } = read(env, { signup: 'closed' });
  deepEqual(
    [origins.brandName, origins.port, origins.signup, origins.roles, origins.host],
    ['file', 'environment', 'option', 'default', 'default'],
  );
});

test('every setting is in one group', () => {
  deepEqual(Object.values(settingGroups).flat(), settingKeys);
});
