import { deepEqual, doesNotMatch, equal, match, throws } from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { readEnvFile, redact } from '../../lib/settings/index.ts';
import type { Options } from '../../lib/settings/settings.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { type Env, fromEnv, problemsOf } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatewarden-settings-'));
after(() => rmSync(folder, { recursive: true }));

const secret = 'c2VjcmV0LXRoYXQtbXVzdC1ub3QtYXBwZWFyLWFueXdoZXJl';

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

test('a setting may be read from a file, without the line break at its end', () => {
  equal(fromEnv({ BRAND_NAME_FILE: file('brand', 'Example Corp\r\n') }).brandName, 'Example Corp');
  deepEqual(fromEnv({ SECRET_KEY_FILE: file('key', `${secret}\n`) }).secretKey, [secret]);
});

test('a password in a file keeps its spaces', () => {
  const env = { SUPERUSER: 'ada', SUPERUSER_PASSWORD_FILE: file('password', ' a long phrase \n') };
  equal(fromEnv(env).superuserPassword, ' a long phrase ');
});

test('an empty variable beside a file counts as not given', () => {
  equal(fromEnv({ BRAND_NAME: '', BRAND_NAME_FILE: file('brand-2', 'Example') }).brandName, 'Example');
});

const files: [title: string, env: Env, says: RegExp][] = [
  [
    'both the value and a file',
    { PORT: '80', PORT_FILE: file('port', '80') },
    /^GATEWARDEN_PORT: is given, and GATEWARDEN_PORT_FILE too/,
  ],
  [
    'a file that is not there',
    { PORT_FILE: join(folder, 'none') },
    /^GATEWARDEN_PORT_FILE: ".*none" cannot be read \(ENOENT\)/,
  ],
  ['a folder', { PORT_FILE: folder }, /cannot be read \(EISDIR\)/],
  ['an empty file', { PORT_FILE: file('empty', '\n') }, /is empty/],
  ['a file with a bad value', { PORT_FILE: file('bad', 'http') }, /^GATEWARDEN_PORT: must be a whole number/],
];
for (const [title, env, says] of files) {
  test(`${title} stops the start`, () => {
    const problems = problemsOf(env);
    equal(problems.length, 1);
    match(problems[0] ?? '', says);
  });
}

const misspelt: [name: string, suggestion: string | undefined][] = [
  ['PROT', 'GATEWARDEN_PORT'],
  ['SECRETKEY', 'GATEWARDEN_SECRET_KEY'],
  ['SESION_IDLE', 'GATEWARDEN_SESSION_IDLE'],
  ['SECRET_KEY_FIEL', 'GATEWARDEN_SECRET_KEY_FILE'],
  ['port', 'GATEWARDEN_PORT'],
  ['', undefined],
  ['MONEY', undefined],
];
for (const [name, suggestion] of misspelt) {
  test(`GATEWARDEN_${name.slice(0, 20)} is no setting${suggestion ? `: did you mean ${suggestion}?` : ''}`, () => {
    const [problem = '', ...more] = problemsOf({ [name]: secret });
    equal(more.length, 0);
    equal(problem, `GATEWARDEN_${name}: there is no such setting${suggestion ? `; did you mean ${suggestion}?` : ''}`);
  });
}

test('a name of any length is told in short', () => {
  equal(problemsOf({ ['A'.repeat(5000)]: secret })[0], `GATEWARDEN_${'A'.repeat(69)}…: there is no such setting`);
});

const kubernetes: Env = {
  SERVICE_HOST: '10.96.0.10',
  SERVICE_PORT: '80',
  SERVICE_PORT_HTTP: '80',
  PORT: 'tcp://10.96.0.10:80',
  PORT_80_TCP: 'tcp://10.96.0.10:80',
  PORT_80_TCP_PROTO: 'tcp',
  PORT_80_TCP_PORT: '80',
  PORT_80_TCP_ADDR: '10.96.0.10',
  REDIS_SERVICE_HOST: '10.96.0.11',
  REDIS_PORT: 'tcp://10.96.0.11:6379',
};

test('what Kubernetes makes up for a service called gatewarden is ignored', () => {
  equal(fromEnv(kubernetes).port, 8080);
});

test('an upstream is not ignored for beginning with tcp://', () => {
  equal(problemsOf({ UPSTREAM: 'tcp://10.96.0.10:80' }).length, 1);
});

test('variables of others, and those of commands that talk to a server, are none of our business', () => {
  const ofCommands = {
    GATEWARDEN_TOKEN: 'gwt_x',
    GATEWARDEN_TOKEN_FILE: 'x',
    GATEWARDEN_SERVER: 'x',
    GATEWARDEN_CONTEXT: 'x',
  };
  const env = { PATH: '/bin', PORT: 'x', MY_GATEWARDEN_PORT: 'x', ...ofCommands };
  equal(loadSettings({ env, applies: 'gateway' }).settings.port, 8080);
});

test('every problem is told at once, and no value is repeated', () => {
  const problems = problemsOf(
    {
      NONSENSE_SETTING: secret,
      PORT: secret,
      SECRET_KEY: `${secret},short-${secret.slice(0, 8)}`,
      SECRET_KEY_FILE: secret,
      SUPERUSER_PASSWORD: secret,
      PROXY_SECRET_FILE: `/${secret}`,
      PUBLIC_URL: `https://user:${secret}@example.com`,
      UPSTREAM: `http://user:${secret}@example.com`,
      HOST: '0.0.0.0',
    },
    'gateway',
    { port: undefined, cookieDomain: secret },
  );
  equal(problems.length, 8, problems.join('\n'));
  equal(problems.join().includes(secret.slice(0, 8)), false);
});

test('a problem between settings is not told where one of them could not be read', () => {
  equal(problemsOf({ HOST: '0.0.0.0', PUBLIC_URL: 'nonsense' }).length, 1);
});

test('what code gives wins over the environment, and the environment over the default', () => {
  equal(fromEnv({ PORT: '1000' }, 'gateway', { port: 2000 }).port, 2000);
  equal(fromEnv({ PORT: '1000' }, 'gateway', { port: undefined }).port, 1000);
});

const given: [options: Options, key: keyof Options, value: unknown][] = [
  [{ port: '80' }, 'port', 80],
  [{ sessionIdle: '12h' }, 'sessionIdle', 43_200_000],
  [{ sessionIdle: 43_200_000 }, 'sessionIdle', 43_200_000],
  [{ autoLogin: 'true' }, 'autoLogin', true],
  [{ trustedProxies: ['10.0.0.1'] }, 'trustedProxies', ['10.0.0.1/32']],
  [{ trustedProxies: '10.0.0.1' }, 'trustedProxies', ['10.0.0.1/32']],
  [{ secretKey: secret }, 'secretKey', [secret]],
  [{ identityHeaders: [] }, 'identityHeaders', []],
];
for (const [options, key, value] of given) {
  test(`code may give ${JSON.stringify(options).slice(0, 40)}`, () => {
    deepEqual(fromEnv({}, 'middleware', options)[key], value);
  });
}

const refusedOptions: [title: string, options: object, says: RegExp][] = [
  ['an unknown key', { secretkey: secret }, /^option "secretkey": there is no such setting; did you mean secretKey\?$/],
  ['the name of a variable', { GATEWARDEN_PORT: 80 }, /there is no such setting/],
  ['an inherited name', { constructor: 1 }, /there is no such setting/],
  ['null', { port: null }, /^option "port": must be a whole number/],
  ['a number for text', { host: 1 }, /^option "host": /],
  ['an object for text', { rules: {} }, /^option "rules": /],
  ['an object for a flag', { autoLogin: {} }, /^option "autoLogin": /],
  ['numbers in a list', { trustedProxies: [1] }, /^option "trustedProxies": /],
  ['half a millisecond', { sessionIdle: 1000.5 }, /^option "sessionIdle": /],
  ['a list without a key', { secretKey: [] }, /^option "secretKey": must hold at least one key/],
];
for (const [title, options, says] of refusedOptions) {
  test(`code may not give ${title}`, () => {
    const [problem = '', ...more] = problemsOf({}, 'middleware', options);
    match(problem, says);
    equal(more.length, 0);
  });
}

test('settings are frozen, their lists too, and come out the same when given again', () => {
  const settings = fromEnv({
    SECRET_KEY: secret,
    TRUSTED_PROXIES: '10.1.1.1/8,::ffff:1.2.3.4',
    ALLOWED_HOSTS: 'A.example.com.',
    PUBLIC_URL: 'https://a.example.com/',
    IDENTITY_HEADERS: 'none',
    COOKIE_DOMAIN: '.example.com',
  });
  equal(
    Object.isFrozen(settings) && Object.isFrozen(settings.trustedProxies) && Object.isFrozen(settings.secretKey),
    true,
  );
  deepEqual(fromEnv({}, 'gateway', settings), settings);
});

test('logs are pretty on a terminal unless the settings say otherwise', () => {
  equal(loadSettings({ applies: 'gateway', terminal: true }).settings.logFormat, 'pretty');
  equal(loadSettings({ applies: 'gateway', terminal: true, given: { logFormat: 'json' } }).settings.logFormat, 'json');
});

test('what is shown of the settings holds no secret', () => {
  const shown = redact(
    fromEnv({
      SECRET_KEY: secret,
      SUPERUSER: 'ada',
      SUPERUSER_PASSWORD: secret,
      PROXY_SECRET: secret,
      TRUSTED_PROXIES: '10.0.0.0/8',
    }),
  );
  equal(JSON.stringify(shown).includes(secret), false);
  deepEqual(
    [shown.secretKey, shown.superuserPassword, shown.proxySecret, shown.superuser],
    ['***', '***', '***', 'ada'],
  );
  equal('publicUrl' in shown, false);
});

test('an .env file is read, comments and quotes and all', () => {
  const path = file('.env', '# a comment\nGATEWARDEN_PORT=9000\nGATEWARDEN_BRAND_NAME="Example Corp"\n');
  deepEqual(readEnvFile(path), { GATEWARDEN_PORT: '9000', GATEWARDEN_BRAND_NAME: 'Example Corp' });
});

test('an .env file that is not there is a problem of the settings', () => {
  throws(() => readEnvFile(join(folder, 'none.env')), { name: 'SettingsError', message: /cannot be read \(ENOENT\)/ });
});

for (const address of ['localhost:3000', 'app.example.com', '10.0.0.1:80', 'localhost']) {
  test(`${address} as an upstream is told with a scheme`, () => {
    match(problemsOf({ UPSTREAM: address }).join(), new RegExp(`did you mean http://${address}\\?$`));
  });
}

test('nothing else is repeated in a hint', () => {
  for (const UPSTREAM of ['s3cret', 'ftp://a.example', 'http://a.example/path', 'user:s3cret@host']) {
    doesNotMatch(problemsOf({ UPSTREAM }).join(), /did you mean/);
  }
});
