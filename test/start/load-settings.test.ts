import { deepEqual, doesNotThrow, equal, throws } from 'node:assert/strict';
import test from 'node:test';
import { openGate } from '#gate';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { type Env, fromEnv, problemsOf } from '../settings/settings.ts';
import { temporaryFolder } from '../support/folders.ts';

/** Every problem that is told, in order, by the setting that it begins with. */
const cases: [title: string, env: Env, told: string[]][] = [
  ['rules that name a role there is not', { RULES: 'king read /**' }, ['RULES']],
  ['a ladder without its ends', { ROLES: 'x,y' }, ['ROLES']],
  ['a bad port beside a bad ladder', { PORT: 'eighty', ROLES: 'x,y' }, ['GATEWARDEN_PORT', 'ROLES']],
  [
    'rules with a typo beside a bad duration',
    { SESSION_IDLE: 'soon', RULES: 'viewer raed /**' },
    ['GATEWARDEN_SESSION_IDLE', 'RULES'],
  ],
  ['two bad rules', { RULES: 'king read /**\nviewer read relative' }, ['RULES', 'RULES']],
  [
    'a bad ladder, scopes and rules that name its roles, and a typo of their own',
    { ROLES: 'x,y', SCOPES: 'a=king,b c', RULES: 'king read /**; viewer raed /**', DEFAULT_ROLE: 'king' },
    ['ROLES', 'SCOPES', 'RULES'],
  ],
  ['bad scopes, and rules that ask for one', { SCOPES: 'a b', RULES: 'user read /** scope=a' }, ['SCOPES']],
  ['a rule that asks for an undeclared scope', { RULES: 'user read /** scope=a' }, ['RULES']],
  [
    'roles that the ladder has not',
    { DEFAULT_ROLE: 'king', AUTO_LOGIN_ROLE: 'queen' },
    ['DEFAULT_ROLE', 'AUTO_LOGIN_ROLE'],
  ],
  ['an unreadable role', { DEFAULT_ROLE: 'a b' }, ['GATEWARDEN_DEFAULT_ROLE']],
  ['a ladder of two, which a new user has no role in', { ROLES: 'anony,admin' }, ['DEFAULT_ROLE']],
  ['a ladder of two with a role for new users', { ROLES: 'anony,admin', DEFAULT_ROLE: 'anony' }, []],
  [
    'auto-login at a rung that the ladder has not',
    { ROLES: 'anony,viewer,admin', DEFAULT_ROLE: 'viewer', AUTO_LOGIN: 'true' },
    ['AUTO_LOGIN_ROLE'],
  ],
  ['a ladder in other words', { ROLES: 'anony,guest=viewer,member=user,lead=operator,admin' }, []],
];
for (const [title, env, told] of cases) {
  test(`${told.length > 0 ? 'stops the start' : 'starts'}: ${title}`, () => {
    deepEqual(
      problemsOf(env).map((problem) => problem.split(':')[0]),
      told,
    );
  });
}

test('roles that are given to somebody are those that stand for the rung, never the next higher one', () => {
  const { defaultRole, autoLoginRole } = fromEnv({ ROLES: 'anony,guest=viewer,member=user,lead=operator,admin' });
  deepEqual([defaultRole, autoLoginRole], ['member', 'lead']);
});

test('a rule is told with its line', () => {
  const [problem] = problemsOf({ RULES: 'viewer read /**\nking read /**' });
  equal(problem, 'RULES: line 2: there is no role "king"');
});

test('a variable that is set after the settings were read changes nothing', async (context) => {
  const folder = await temporaryFolder();
  context.after(() => folder[Symbol.asyncDispose]());
  const given = { secretKey: [makeSecretKey()], dataDir: folder.path, prefix: '/auth' };
  const resolved = loadSettings({ env: {}, given, applies: 'gateway' });
  context.after(() => delete process.env.GATEWARDEN_PREFIX);
  process.env.GATEWARDEN_PREFIX = 'no path';
  const gate = await openGate(resolved, { log: { debug() {}, info() {}, warn() {}, error() {} } });
  equal(gate.settings.prefix, '/auth');
  await gate.close();
});

test('a process that checks no certificate does not start', () => {
  const read = (value: string) => () =>
    loadSettings({ env: { NODE_TLS_REJECT_UNAUTHORIZED: value }, applies: 'gateway' });
  throws(read('0'), { name: 'SettingsError', message: /NODE_TLS_REJECT_UNAUTHORIZED/ });
  doesNotThrow(read('1'));
});
