import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { password, type Site, site } from './site.ts';

type Send = (method: string, body: object) => Promise<Response>;

let here: Site;
before(async () => {
  here = await site();
  await here.gate.users.create({ username: 'other', role: 'admin' });
});
after(() => here[Symbol.asyncDispose]());

const ways: readonly (readonly [via: string, name: string, open: (name: string) => Promise<Send>])[] = [
  [
    'a session',
    'cookie',
    async (name) => {
      const browser = await here.signedIn(name, 'admin');
      return (method, body) =>
        browser.json(`/auth/api/v1/users/${name}`, { ...body, current_password: password }, { method });
    },
  ],
  [
    'an access token',
    'bearer',
    async (name) => {
      const headers = await here.bearer(name, 'admin');
      return (method, body) => here.client().json(`/auth/api/v1/users/${name}`, body, { method, headers });
    },
  ],
  [
    'an API token',
    'token',
    async (name) => {
      await here.gate.users.create({ username: name, role: 'admin' });
      const made = await here.gate.tokens.create(name, { name: 'ci' });
      const headers = { authorization: `Bearer ${made.ok ? made.value.token : ''}` };
      return (method, body) => here.client().json(`/auth/api/v1/users/${name}`, body, { method, headers });
    },
  ],
];

const attempts: readonly (readonly [what: string, method: string, body: object])[] = [
  ['delete', 'DELETE', {}],
  ['deactivate', 'PATCH', { active: false }],
  ['lower', 'PATCH', { role: 'operator' }],
  ['lower, among other changes of,', 'PATCH', { role: 'viewer', display_name: 'X' }],
];

for (const [via, name, open] of ways) {
  describe(`an admin, via ${via}`, () => {
    let send: Send;
    before(async () => {
      send = await open(name);
    });

    for (const [what, method, body] of attempts) {
      test(`does not ${what} themself`, async () => {
        const untouched = await here.gate.users.get(name);
        const answer = await send(method, body);
        const problem = (await answer.json()) as { code: string; detail: string };
        deepEqual([answer.status, problem.code], [409, 'conflict']);
        match(problem.detail, /yourself/);
        deepEqual(await here.gate.users.get(name), untouched);
      });
    }

    test('changes what takes nothing from them', async () => {
      const answer = await send('PATCH', { role: 'admin', active: true, display_name: 'Me' });
      deepEqual([answer.status, (await here.gate.users.get(name))?.displayName], [200, 'Me']);
    });

    test('is lowered and deleted by the program', async () => {
      equal((await here.gate.users.edit(name, { role: 'operator' })).ok, true);
      equal((await here.gate.users.remove(name)).ok, true);
    });
  });
}

test('two admins who take each other’s rights at the same moment leave one', async () => {
  const [one, two] = [await here.signedIn('one', 'admin'), await here.signedIn('two', 'admin')];
  await here.gate.users.remove('other');
  const lowered = { role: 'viewer', current_password: password };
  const answers = await Promise.all([
    one.json('/auth/api/v1/users/two', lowered, { method: 'PATCH' }),
    two.json('/auth/api/v1/users/one', lowered, { method: 'PATCH' }),
  ]);
  equal(answers.filter(({ status }) => status === 200).length <= 1, true);
  const roles = (await here.gate.users.list()).items.map(({ role }) => role);
  equal(roles.filter((role) => role === 'admin').length >= 1, true);
});
