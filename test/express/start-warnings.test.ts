import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Log, Options } from 'gatewarden';
import { testGate } from 'gatewarden/testing';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { compose } from '../../lib/start/compose.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { ofOneProcess } from '../../lib/stores/open.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';

function notebook() {
  const warned: object[] = [];
  const silent = () => undefined;
  const log: Log = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (fields, text) => void warned.push({ ...fields, text }),
  };
  return { warned, log };
}

const nobody = 'AUTO_LOGIN signs nobody in: there is no active user of that name';
const cases: readonly [title: string, options: Options, warned: readonly object[]][] = [
  ['nothing out of the ordinary', {}, []],
  [
    'authentication that is off',
    { authEnabled: false },
    [{ text: 'AUTH_ENABLED=false: every request is passed on as anonymous' }],
  ],
  [
    'an http address for everybody',
    { publicUrl: 'http://app.example.com' },
    [
      {
        text: 'PUBLIC_URL: is http: others on the network can read and change passwords and cookies; use https',
      },
    ],
  ],
  ['auto-login as a user who is made for it', { autoLogin: true }, []],
  ['auto-login as nobody', { autoLogin: true, autoLoginUser: 'Mistyped' }, [{ user: 'Mistyped', text: nobody }]],
  [
    'auto-login as the superuser',
    { autoLogin: true, superuser: 'ada', superuserPassword: 'a lamp among quiet herons' },
    [],
  ],
  [
    'auto-login as a superuser whom nobody has made',
    { autoLogin: true, superuser: 'ada' },
    [{ user: 'ada', text: nobody }],
  ],
  ['auto-login that nobody asked for', { autoLoginUser: 'mistyped' }, []],
];
for (const [title, options, warned] of cases) {
  test(`a start with ${title} warns of ${warned.length === 0 ? 'nothing' : 'it'}`, async () => {
    const notes = notebook();
    const { gate } = await testGate({ ...options, log: notes.log });
    await gate.close();
    deepEqual(notes.warned, warned);
  });
}

test('a start with a higher AUTO_LOGIN_ROLE than before says that its user has the lower one still', async () => {
  const stores = await openSqlite({ memory: true });
  const secretKey = [makeSecretKey()];
  const roles = ['viewer', 'operator'];
  for (const autoLoginRole of roles) {
    const { warned, log } = notebook();
    const given = { secretKey, autoLogin: true, autoLoginRole };
    await compose(loadSettings({ env: {}, given, applies: 'middleware' }), { log, opened: ofOneProcess(stores) });
    const text = 'AUTO_LOGIN_ROLE is above the role that the user of AUTO_LOGIN has';
    deepEqual(warned, autoLoginRole === 'operator' ? [{ user: 'local', role: 'viewer', text }] : []);
  }
  await stores.close();
});
