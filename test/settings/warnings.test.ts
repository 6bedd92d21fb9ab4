import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { warningsOf } from '../../lib/settings/index.ts';
import { type Env, fromEnv } from './settings.ts';

const key = { SECRET_KEY: '4Vb0nQx7Zt2LkRy9Wd5GmHs1Pc8JfUe3Ao6TiNqXrBw' };
const proxy = { TRUSTED_PROXIES: '10.0.0.1' };

/** The settings that are warned of, in order. */
const cases: [title: string, env: Env, warned: string[]][] = [
  ['every default', {}, []],
  ['authentication that is off', { AUTH_ENABLED: 'false' }, ['AUTH_ENABLED=false']],
  ['auto-login as an admin', { AUTO_LOGIN: 'true', AUTO_LOGIN_ROLE: 'admin' }, ['AUTO_LOGIN_ROLE=admin']],
  ['the password grant', { PASSWORD_GRANT: 'true' }, ['PASSWORD_GRANT=true']],
  ['auto-login below an admin', { AUTO_LOGIN: 'true', AUTO_LOGIN_ROLE: 'operator' }, []],
  ['auto-login that is off', { AUTO_LOGIN_ROLE: 'admin' }, []],
  ['http for everybody', { PUBLIC_URL: 'http://app.example.com' }, ['PUBLIC_URL']],
  ['http in the local network', { PUBLIC_URL: 'http://192.168.1.5:8080' }, ['PUBLIC_URL']],
  ['http on this machine', { PUBLIC_URL: 'http://localhost:8080' }, []],
  ['http on this machine by address', { PUBLIC_URL: 'http://[::1]:8080' }, []],
  ['https without a proxy', { PUBLIC_URL: 'https://app.example.com' }, ['PUBLIC_URL']],
  ['https behind a proxy', { PUBLIC_URL: 'https://app.example.com', ...proxy }, []],
  ['Redis elsewhere', { REDIS_URL: 'redis://:secret@cache:6379', ...key }, ['REDIS_URL']],
  ['Redis elsewhere with TLS', { REDIS_URL: 'rediss://:secret@cache:6379', ...key }, []],
  ['Redis here', { REDIS_URL: 'redis://127.0.0.1:6379', ...key }, []],
  ['one Sentinel of two elsewhere', { REDIS_URL: 'redis+sentinel://localhost:1,b:2/main', ...key }, ['REDIS_URL']],
  ['Sentinels with TLS', { REDIS_URL: 'rediss+sentinel://a:1,b:2/main', ...key }, []],
  ['MongoDB elsewhere', { MONGODB_URL: 'mongodb://u:p@db.lan/gw', ...key }, ['MONGODB_URL']],
  ['MongoDB elsewhere with TLS', { MONGODB_URL: 'mongodb://u:p@a,b/gw?w=1&tls=true', ...key }, []],
  ['MongoDB elsewhere with ssl', { MONGODB_URL: 'mongodb://a/gw?ssl=true', ...key }, []],
  ['MongoDB found by DNS', { MONGODB_URL: 'mongodb+srv://db.example.com/gw', ...key }, []],
  ['the same with TLS off', { MONGODB_URL: 'mongodb+srv://db.example.com/gw?tls=false', ...key }, ['MONGODB_URL']],
  ['MongoDB here', { MONGODB_URL: 'mongodb://localhost:1,[::1]:2/gw', ...key }, []],
  ['MongoDB on a socket', { MONGODB_URL: 'mongodb://%2Ftmp%2Fmongodb.sock/gw', ...key }, []],
  ['a password with an @', { REDIS_URL: 'redis://:p@localhost@cache', ...key }, ['REDIS_URL']],
];
for (const [title, env, warned] of cases) {
  test(`${title}: ${warned.length > 0 ? 'warned of' : 'nothing to warn of'}`, () => {
    const warnings = warningsOf(fromEnv(env));
    deepEqual(
      warnings.map((warning) => warning.split(':')[0]),
      warned,
    );
    equal(/secret@|u:p/.test(warnings.join()), false);
  });
}
