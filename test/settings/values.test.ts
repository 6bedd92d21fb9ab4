import { deepEqual, equal, match } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { settingTable } from '../../lib/settings/index.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import { type Env, fromEnv, problemsOf } from './settings.ts';

const key = '4Vb0nQx7Zt2LkRy9Wd5GmHs1Pc8JfUe3Ao6TiNqXrBw';
const other = 'u7Kp2Ys9Dc4Wn0Tf6Hx1Lb8Zq3Rj5Gv-MeAoSiUyXtE';
const day = 86_400_000;

const read: [env: Env, setting: keyof Settings, value: unknown][] = [
  [{}, 'host', '127.0.0.1'],
  [{}, 'publicUrl', undefined],
  [{}, 'rules', 'viewer read /**; user * /**'],
  [{}, 'sessionIdle', day / 2],
  [{}, 'sessionLifetime', 30 * day],
  [{}, 'autoLoginNetworks', ['127.0.0.0/8', '::1/128']],
  [{}, 'secretKey', undefined],
  [{}, 'logFormat', 'json'],
  [{ UPSTREAM: 'http://localhost:3000' }, 'upstream', 'http://localhost:3000'],
  [{ UPSTREAM: ' HTTP://App:80/ ' }, 'upstream', 'http://app'],
  [{ UPSTREAM: 'http://app:3000/base/' }, 'upstream', 'http://app:3000/base'],
  [{ UPSTREAM: 'http://unix:/run/app.sock' }, 'upstream', 'http://unix:/run/app.sock'],
  [{ UPSTREAM: 'http://unix:/run/app.sock:/base' }, 'upstream', 'http://unix:/run/app.sock:/base'],
  [{ UPSTREAM_TIMEOUT: '30s' }, 'upstreamTimeout', 30_000],
  [{ UPSTREAM_TIMEOUT: '0' }, 'upstreamTimeout', 0],
  [{ SERVICE_WORKERS: 'allow' }, 'serviceWorkers', 'allow'],
  [{}, 'redisPrefix', 'gatewarden:'],
  [{ REDIS_PREFIX: ' team/wiki: ' }, 'redisPrefix', 'team/wiki:'],
  [{ IDENTITY_HEADERS: 'remote, X-Remote-User=user' }, 'identityHeaders', ['remote', 'X-Remote-User=user']],
  [{ UPSTREAM: 'http://[::1]:3000' }, 'upstream', 'http://[::1]:3000'],
  [{ PUBLIC_URL: 'https://App.Example.com/' }, 'publicUrl', 'https://app.example.com'],
  [{ PUBLIC_URL: 'https://app.example.com:8443' }, 'publicUrl', 'https://app.example.com:8443'],
  [{ PORT: '0' }, 'port', 0],
  [{ PORT: '65535' }, 'port', 65_535],
  [{ HOST: '::1' }, 'host', '::1'],
  [{ HOST: '[::1]' }, 'host', '::1'],
  [{ AUTH_ENABLED: 'FALSE' }, 'authEnabled', false],
  [{ AUTO_LOGIN: ' true ' }, 'autoLogin', true],
  [{ SESSION_IDLE: '90s' }, 'sessionIdle', 90_000],
  [{ SESSION_IDLE: '15m' }, 'sessionIdle', 900_000],
  [{ LOGIN_WINDOW: '1d' }, 'loginWindow', day],
  [{}, 'confirmWithin', 15 * 60_000],
  [{ TRUSTED_PROXIES: '10.0.0.0/8, ::1 ,10.0.0.0/8' }, 'trustedProxies', ['10.0.0.0/8', '::1/128']],
  [{ TRUSTED_PROXIES: '10.1.2.3/8' }, 'trustedProxies', ['10.0.0.0/8']],
  [{ TRUSTED_PROXIES: '::ffff:10.0.0.0/104' }, 'trustedProxies', ['10.0.0.0/8']],
  [
    { ALLOWED_HOSTS: 'App.example.com.,*.example.com,[::1]' },
    'allowedHosts',
    ['app.example.com', '*.example.com', '::1'],
  ],
  [{ SECRET_KEY: key }, 'secretKey', [key]],
  [{ SECRET_KEY: `${key}, ${other}=` }, 'secretKey', [key, `${other}=`]],
  [{ PREFIX: '/a/b-c_d.e~f' }, 'prefix', '/a/b-c_d.e~f'],
  [{ IDENTITY_HEADERS: 'remote,x-authentik' }, 'identityHeaders', ['remote', 'x-authentik']],
  [{ IDENTITY_HEADERS: 'none' }, 'identityHeaders', []],
  [{ RULES: 'public read /a\nuser * /**' }, 'rules', 'public read /a\nuser * /**'],
  [
    { SUPERUSER: 'ada', SUPERUSER_PASSWORD: ' two spaces at each end ' },
    'superuserPassword',
    ' two spaces at each end ',
  ],
  [{ COOKIE_DOMAIN: '.Example.com', PUBLIC_URL: 'https://app.example.com' }, 'cookieDomain', 'example.com'],
  [{ TRUSTED_PROXIES: '' }, 'trustedProxies', []],
  [{ PORT: '   ' }, 'port', 8080],
];
for (const [env, setting, value] of read) {
  test(`${JSON.stringify(env).replace(/[\w-]{43}/g, '…')} makes ${setting} ${JSON.stringify(value)?.slice(0, 60)}`, () => {
    deepEqual(fromEnv(env)[setting], value);
  });
}

const bad: [name: string, values: string[], says: RegExp][] = [
  ['PORT', ['80a', '-1', '65536', '1e3', '80.5', '0x50', '8080 8081'], /whole number from 0 to 65535/],
  ['AUTH_ENABLED', ['yes', '1', 'constructor', 'nope'], /true or false/],
  ['SESSION_IDLE', ['12', '12 h', 'h', '1h30m', '-1h', '1.5h', '2w', '1H'], /a duration such as/],
  ['SESSION_IDLE', ['0s'], /at least one second/],
  ['SESSION_LIFETIME', ['3651d', '999999999d'], /at most 3650d/],
  ['HOST', ['http://localhost', 'localhost:80', '1.2.3', '127.1', 'a b', 'a..b', '::1%eth0'], /address or a host name/],
  [
    'PUBLIC_URL',
    ['https://a/auth', 'https://a?x', 'https://a#x', 'ftp://a', 'a.example.com', 'https:a', 'https:\\\\a'],
    /without credentials, path/,
  ],
  [
    'UPSTREAM',
    [
      'http://a/?x',
      'http://a/#x',
      'http://u@a',
      'http://a:99999',
      'tcp://a:1',
      'unix:/run/a',
      'http://a\n/',
      'localhost:3000',
    ],
    /without credentials, query/,
  ],
  ['UPSTREAM_TIMEOUT', ['1', '-1s', '0x', 'never'], /duration/],
  [
    'IDENTITY_HEADERS',
    ['X-User', 'X-User=password', 'X_User=user', 'Host=user', 'Cookie=id', 'X-A=user=id'],
    /Header=field/,
  ],
  ['ISSUER', ['https://a/', 'https://a?x=1', 'https://a#', 'a', 'https://u@a'], /without credentials, query/],
  [
    'PREFIX',
    ['/', 'auth', '/auth/', '//auth', '/a//b', '/a b', '/ä', '/%61', '/..', '/a/./b', '/...', '/a?b'],
    /a path such as/,
  ],
  [
    'TRUSTED_PROXIES',
    [
      '10.0.0.0/33',
      '::/129',
      '10.0.0',
      '127.1',
      '0x7f.0.0.1',
      '010.0.0.1',
      'proxy',
      '10.0.0.1/',
      'fe80::1%eth0',
      '10.0.0.0/8,nope',
    ],
    /networks such as/,
  ],
  ['ALLOWED_HOSTS', ['a:80', 'http://a', '*', 'a.*', '*a.example.com', 'a b', 'a/b', '1.2.3'], /host names such as/],
  [
    'SECRET_KEY',
    ['short', key.slice(1), `${key},short`, `${key.slice(1)}+`, `${key}/`, ' , '],
    /base64 of at least 32 bytes|at least one key/,
  ],
  [
    'SECRET_KEY',
    ['A'.repeat(43), 'changeme-'.repeat(5), '0123456789'.repeat(5), 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'],
    /a pattern that can be guessed/,
  ],
  ['PROXY_SECRET', ['x'.repeat(16), 'secretsecretsecret', 'abcdefghijklmnop'], /a pattern that can be guessed/],
  ['SUPERUSER', ['-ada', 'a b', 'ä', 'a'.repeat(65), '.ada'], /a username/],
  ['AUTO_LOGIN_USER', ['a\tb'], /a username/],
  ['RESERVED_NAMES', ['good,not good'], /a username/],
  ['PASSWORD_MIN_LENGTH', ['7', '257', 'twelve'], /whole number from 8 to 256/],
  ['LOGIN_MAX_FAILURES', ['0', '-5'], /whole number from 1/],
  ['TOKEN_ALGORITHM', ['HS256', 'none', 'eddsa'], /one of EdDSA, ES256/],
  ['COOKIE_SAMESITE', ['Lax', 'off'], /one of lax, strict, none/],
  ['COOKIE_NAME', ['a b', 'a=b', 'a;b', 'ä', 'a\r\nSet-Cookie'], /a cookie name/],
  ['COOKIE_DOMAIN', ['com', '127.0.0.1', 'a..b', 'https://example.com'], /a domain such as/],
  ['IDENTITY_HEADERS', ['x-forwarded,none', 'all'], /one of x-forwarded/],
  ['LOG_LEVEL', ['verbose'], /one of fatal/],
  ['REDIS_PREFIX', ['a b', '{a}:', 'a*', 'ä:', 'a\nb', 'a'.repeat(101)], /1 to 100 letters/],
  ['PROXY_SECRET', ['short', 'with a space in the middle', 'umlaut-äöü-umlaut-äöü'], /16 to 512/],
  ['BRAND_NAME', ['a\nb', 'a'.repeat(81), 'a\u202eb'], /one line of up to 80/],
];
for (const [name, values, says] of bad) {
  for (const value of values) {
    test(`${name}=${JSON.stringify(value).slice(0, 40)} stops the start`, () => {
      const own = problemsOf({ [name]: value }).filter((problem) => problem.startsWith(`GATEWARDEN_${name}: `));
      equal(own.length, 1);
      match(own[0] ?? '', says);
    });
  }
}

test('a duration is read alike in every unit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), (days) => {
      const read = [`${days}d`, `${days * 24}h`, `${days * 1440}m`, `${days * 86_400}s`];
      return read.every((text) => fromEnv({ LOGIN_WINDOW: text }).loginWindow === days * day);
    }),
    { numRuns: 20 },
  );
});

test('the name of a variable is its option’s name in capitals', () => {
  const names = Object.entries(settingTable).map(([option, { env }]) => [option, env]);
  const expected = Object.keys(settingTable).map((option) => [option, option.replace(/[A-Z]/g, '_$&').toUpperCase()]);
  deepEqual(names, expected);
});

for (const [option, setting] of Object.entries(settingTable).filter(([, setting]) => !('secret' in setting))) {
  test(`the example of ${option} can be read`, () => {
    equal(setting.parser.safeParse(setting.example).success, true);
  });
}
