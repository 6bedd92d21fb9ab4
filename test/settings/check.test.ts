import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { overlap } from '../../lib/settings/addresses.ts';
import type { Use } from '../../lib/settings/index.ts';
import { issuerOf } from '../../lib/settings/index.ts';
import { type Env, fromEnv, problemsOf } from './settings.ts';

const https = 'https://app.example.com';
const ada = { SUPERUSER: 'ada' };

/** The settings whose problem is told, in order; none: it starts. */
const cases: [title: string, env: Env, told: string[], use?: Use][] = [
  ['every default', {}, []],
  ['a gateway for everybody without PUBLIC_URL', { HOST: '0.0.0.0' }, ['PUBLIC_URL']],
  ['a gateway for everybody, by IPv6', { HOST: '::' }, ['PUBLIC_URL']],
  ['a gateway on a name', { HOST: 'gate.lan' }, ['PUBLIC_URL']],
  ['a gateway for everybody with PUBLIC_URL', { HOST: '0.0.0.0', PUBLIC_URL: 'http://192.168.1.5:8080' }, []],
  ['a gateway on another loopback address', { HOST: '127.0.0.5' }, []],
  ['a gateway on localhost', { HOST: 'localhost' }, []],
  ['a gateway on a name that only begins like loopback', { HOST: '127.example.com' }, ['PUBLIC_URL']],
  ['middleware does not listen', { HOST: '0.0.0.0' }, [], 'middleware'],
  ['a command does not listen', { HOST: '0.0.0.0' }, [], 'command'],
  ['a gateway in front of itself', { UPSTREAM: 'http://localhost:8080' }, ['UPSTREAM']],
  [
    'a gateway on all addresses in front of itself',
    { HOST: '::', PUBLIC_URL: https, UPSTREAM: 'http://[::1]:8080' },
    ['UPSTREAM'],
  ],
  ['the same port elsewhere', { UPSTREAM: 'http://app:8080' }, []],
  ['another port here', { UPSTREAM: 'http://localhost:3000' }, []],
  ['a certificate without its key', { TLS_CERT: '/cert.pem' }, ['TLS_KEY']],
  ['a key without its certificate', { TLS_KEY: '/key.pem' }, ['TLS_CERT']],
  ['a certificate and its key', { TLS_CERT: '/cert.pem', TLS_KEY: '/key.pem', PUBLIC_URL: https }, []],
  [
    'a certificate where people use http',
    { TLS_CERT: '/cert.pem', TLS_KEY: '/key.pem', PUBLIC_URL: 'http://app.example.com' },
    ['PUBLIC_URL'],
  ],
  ['sign-up for everybody as an admin', { SIGNUP: 'open', DEFAULT_ROLE: 'admin' }, ['DEFAULT_ROLE']],
  ['invitations for admins unless they say otherwise', { SIGNUP: 'invite', DEFAULT_ROLE: 'admin' }, []],
  ['a superuser’s password without the name', { SUPERUSER_PASSWORD: 'a long phrase' }, ['SUPERUSER_PASSWORD']],
  ['a superuser without a password', ada, []],
  ['a superuser with a good password', { ...ada, SUPERUSER_PASSWORD: 'a long phrase' }, []],
  ['a short password', { ...ada, SUPERUSER_PASSWORD: 'eleven char' }, ['SUPERUSER_PASSWORD']],
  ['a short password where eight will do', { ...ada, SUPERUSER_PASSWORD: 'eightish', PASSWORD_MIN_LENGTH: '8' }, []],
  [
    'a password that is the name',
    { SUPERUSER: 'adalovelace99', SUPERUSER_PASSWORD: 'AdaLovelace99' },
    ['SUPERUSER_PASSWORD'],
  ],
  ...['admin', 'Password', 'changeme', 'langflow', 'ｐａｓｓｗｏｒｄ', 'administrator'].map(
    (password): [string, Env, string[]] => [
      `the default ${password}`,
      { ...ada, SUPERUSER_PASSWORD: password, PASSWORD_MIN_LENGTH: '8' },
      ['SUPERUSER_PASSWORD'],
    ],
  ),
  ['a trusted proxy on this machine', { TRUSTED_PROXIES: '127.0.0.1' }, []],
  ['auto-login through it', { TRUSTED_PROXIES: '127.0.0.1', AUTO_LOGIN: 'true' }, ['AUTO_LOGIN_NETWORKS']],
  ['auto-login through it by IPv6', { TRUSTED_PROXIES: '::/0', AUTO_LOGIN: 'true' }, ['AUTO_LOGIN_NETWORKS']],
  [
    'auto-login through it, mapped',
    { TRUSTED_PROXIES: '::ffff:127.0.0.1', AUTO_LOGIN: 'true' },
    ['AUTO_LOGIN_NETWORKS'],
  ],
  ['auto-login beside a proxy elsewhere', { TRUSTED_PROXIES: '10.0.0.0/8', AUTO_LOGIN: 'true' }, []],
  ['a proxy’s secret without a proxy', { PROXY_SECRET: 'Hx1Lb8Zq3Rj5GvMe' }, ['PROXY_SECRET']],
  ['SameSite=None on http', { COOKIE_SAMESITE: 'none', PUBLIC_URL: 'http://a.lan' }, ['COOKIE_SAMESITE']],
  ['SameSite=None without PUBLIC_URL', { COOKIE_SAMESITE: 'none' }, ['COOKIE_SAMESITE']],
  ['SameSite=None on https', { COOKIE_SAMESITE: 'none', PUBLIC_URL: https }, []],
  ['__Host- on http', { COOKIE_NAME: '__Host-a' }, ['COOKIE_NAME']],
  ['__secure- on http', { COOKIE_NAME: '__secure-a' }, ['COOKIE_NAME']],
  ['__Host- on https', { COOKIE_NAME: '__Host-a', PUBLIC_URL: https }, []],
  [
    '__Host- with a domain',
    { COOKIE_NAME: '__Host-a', PUBLIC_URL: https, COOKIE_DOMAIN: 'example.com' },
    ['COOKIE_NAME'],
  ],
  ['a domain above the host', { PUBLIC_URL: https, COOKIE_DOMAIN: 'example.com' }, []],
  ['a domain beside the host', { PUBLIC_URL: https, COOKIE_DOMAIN: 'pp.example.com' }, ['COOKIE_DOMAIN']],
  ['a domain below the host', { PUBLIC_URL: https, COOKIE_DOMAIN: 'x.app.example.com' }, ['COOKIE_DOMAIN']],
  ['an ADMIN_URL of its own', { PUBLIC_URL: https, ADMIN_URL: 'https://admin.example.com' }, []],
  ['an ADMIN_URL on another port', { PUBLIC_URL: https, ADMIN_URL: 'https://app.example.com:8443' }, []],
  ['an ADMIN_URL without PUBLIC_URL', { ADMIN_URL: 'https://admin.example.com' }, ['ADMIN_URL']],
  ['an ADMIN_URL that is PUBLIC_URL', { PUBLIC_URL: https, ADMIN_URL: 'https://APP.example.com:443' }, ['ADMIN_URL']],
  ['an ADMIN_URL of another scheme', { PUBLIC_URL: https, ADMIN_URL: 'http://admin.example.com' }, ['ADMIN_URL']],
  [
    'a domain that ADMIN_URL is not in',
    { PUBLIC_URL: https, ADMIN_URL: 'https://admin.example.net', COOKIE_DOMAIN: 'example.com' },
    ['COOKIE_DOMAIN'],
  ],
  [
    'a domain that ADMIN_URL is in',
    { PUBLIC_URL: https, ADMIN_URL: 'https://admin.example.com', COOKIE_DOMAIN: 'example.com' },
    [],
  ],
  ['a domain without PUBLIC_URL', { COOKIE_DOMAIN: 'example.com' }, ['COOKIE_DOMAIN']],
];
for (const [title, env, told, use] of cases) {
  test(`${told.length > 0 ? 'stops the start' : 'starts'}: ${title}`, () => {
    deepEqual(
      problemsOf(env, use).map((problem) => problem.split(':')[0]),
      told,
    );
  });
}

const issuers: [env: Env, prefix: string | undefined, issuer: string][] = [
  [{ PUBLIC_URL: https }, undefined, `${https}/_gatewarden`],
  [{ PUBLIC_URL: https }, '/auth', `${https}/auth`],
  [{ PUBLIC_URL: https, ISSUER: 'https://id.example.com' }, '/auth', 'https://id.example.com'],
  [{ PORT: '9000' }, undefined, 'http://localhost:9000/_gatewarden'],
];
for (const [env, prefix, issuer] of issuers) {
  test(`the issuer is ${issuer} with ${JSON.stringify(env)} below ${prefix ?? 'PREFIX'}`, () => {
    equal(issuerOf(fromEnv(env), prefix), issuer);
  });
}

test('networks overlap when one holds the first address of the other', () => {
  const network = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, bits]) => {
    return `${ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits}`)}/${bits}`;
  });
  const holds = (range: string, other: string) =>
    ipaddr.parse(other.split('/')[0] ?? '').match(ipaddr.parseCIDR(range));
  fc.assert(
    fc.property(
      network,
      network,
      (a, b) => overlap(a, b) === (holds(a, b) || holds(b, a)) && overlap(a, b) === overlap(b, a),
    ),
  );
});
