import { deepEqual, equal, match, ok } from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import { redisSkip } from '../support/redis.ts';
import { type Administered, inMongoAndRedis, inSqlite, type Thing, throughServer } from './administered.ts';

// The same commands, through a server and in each store: the answers have the same fields and the same values.

const ways: readonly [name: string, open: () => Promise<Administered>, via: string, actor: RegExp][] = [
  ['a server', throughServer, 'access-token', /^ada$/],
  ['SQLite with --local', inSqlite, 'command', /^command:./],
];

const userFields =
  'username display_name email role active state has_password created_at updated_at last_login_at'.split(' ');
const clientFields = 'client_id name role scopes active secrets created_at updated_at last_used_at expires_at'.split(
  ' ',
);
const invitationFields = 'id role uses used invited_by active note created_at expires_at'.split(' ');
const auditFields = 'id at event actor via address agent subject outcome detail'.split(' ');

const password = 'another long password';

const some = (thing: Thing, ...names: string[]) => names.map((name) => thing[name]);

for (const [name, open, via, actor] of ways) {
  describe(name, () => {
    let on: Administered;
    before(async () => {
      on = await open();
    });
    after(() => on?.[Symbol.asyncDispose]());

    test('users are added, edited, ended and deleted', async () => {
      const added = await on.done(['user', 'add', 'Vera', '--role', 'viewer', '--password-stdin'], password);
      deepEqual(Object.keys(added), userFields);
      deepEqual(some(added, 'username', 'role', 'state', 'has_password', 'email'), [
        'Vera',
        'viewer',
        'active',
        true,
        null,
      ]);
      const edit = ['user', 'edit', 'vera', '--email', 'vera@example.com', '--display-name', 'Vera \u202eV'];
      equal((await on.refused(edit, 1)).code, 'validation_failed', 'a display name without marks of direction');
      const edited = await on.done(['user', 'edit', 'vera', '--email', 'vera@example.com', '--display-name', 'Vera V']);
      deepEqual(some(edited, 'email', 'display_name'), ['vera@example.com', 'Vera V']);
      const emptied = await on.done(['user', 'edit', 'vera', '--no-email', '--no-display-name', '--role', 'user']);
      deepEqual(some(emptied, 'email', 'display_name', 'role'), [null, null, 'user']);
      equal((await on.done(['user', 'set-role', 'vera', 'operator'])).role, 'operator');
      equal((await on.done(['user', 'deactivate', 'vera', '--end-tokens'])).state, 'disabled');
      equal((await on.done(['user', 'activate', 'vera'])).state, 'active');
      equal(
        (await on.done(['user', 'set-password', 'vera', '--password-stdin'], 'a third long password')).username,
        'Vera',
      );
      await on.done(['user', 'end', 'vera', '--keep-tokens', '--yes']);
      deepEqual(await on.done(['user', 'show', 'VERA']).then(Object.keys), userFields);
      equal((await on.run(['user', 'delete', 'vera'])).code, 5, 'without a terminal it wants --yes');
      await on.done(['user', 'delete', 'vera', '--yes']);
      const gone = await on.refused(['user', 'show', 'vera'], 1);
      deepEqual(some(gone, 'code', 'message', 'hint'), [
        'not_found',
        'vera: There is no such user.',
        '`gatewarden user list` shows what there is.',
      ]);
      equal((await on.refused(['user', 'add', 'vera', '--without-password'], 1)).code, 'conflict', 'a retired name');
      const again = await on.done(['user', 'add', 'vera', '--without-password', '--reuse-name', '--inactive']);
      deepEqual(some(again, 'state', 'has_password'), ['pending', false]);
    });

    test('users are listed: all, some, by what they begin with', async () => {
      const names = async (...more: string[]) =>
        (await on.listed(['user', 'list', ...more])).map((one) => one.username);
      deepEqual(await names(), ['ada', 'vera']);
      deepEqual(await names('--limit', '1'), ['ada']);
      deepEqual(await names('--search', 'V'), ['vera']);
      deepEqual(await names('--state', 'pending', '--role', 'user'), ['vera']);
      const { stdout } = await on.run(['user', 'list', '-o', 'plain']);
      match(stdout, /^ada\tadmin\tactive\t\t\t.*\nvera\t.*\n$/);
    });

    test('what is refused names the fields', async () => {
      const refused = await on.refused(['user', 'add', 'bob', '--role', 'king', '--password-stdin'], 1, 'short');
      equal(refused.code, 'validation_failed');
      match(String(refused.message), /^bob: /);
      match(String(refused.problems), /password.*role|role.*password/);
      equal((await on.refused(['user', 'set-role', 'ada', 'viewer'], 1)).code, 'conflict');
    });

    test('clients have secrets that are shown once, and two at most', async () => {
      const create = ['client', 'create', 'Nightly backup', '--client-id', 'backup', '--role', 'operator'];
      const made = await on.done([...create, '--scopes', 'gatewarden:read, gatewarden:introspect', '--expires', '30d']);
      deepEqual(Object.keys(made).toSorted(), [...clientFields, 'client_secret'].toSorted());
      match(String(made.client_secret), /^gws_/);
      deepEqual(some(made, 'client_id', 'name', 'role'), ['backup', 'Nightly backup', 'operator']);
      const left = Date.parse(String(made.expires_at)) - Date.now();
      ok(left > 29 * 86_400_000 && left < 30 * 86_400_000 + 60_000, String(left));
      equal((await on.refused(create, 1)).code, 'conflict');
      const shown = await on.done(['client', 'show', 'backup']);
      deepEqual(Object.keys(shown), clientFields);
      deepEqual(shown.scopes, ['gatewarden:read', 'gatewarden:introspect']);
      const second = await on.done(['client', 'secret', 'backup']);
      equal((second.secrets as unknown[]).length, 2);
      const older = await on.done(['client', 'edit', 'backup', '--end-older-secrets']);
      equal((older.secrets as unknown[]).length, 1);
      equal((await on.run(['client', 'secret', 'backup', '--end-others'])).code, 5, 'it wants --yes');
      equal(((await on.done(['client', 'secret', 'backup', '--end-others', '--yes'])).secrets as unknown[]).length, 1);
      const edited = await on.done(['client', 'edit', 'backup', '--no-scopes', '--role', 'viewer', '--name', 'B']);
      deepEqual(some(edited, 'name', 'role', 'scopes'), ['B', 'viewer', []]);
      equal((await on.done(['client', 'deactivate', 'backup'])).active, false);
      equal((await on.done(['client', 'activate', 'backup'])).active, true);
      deepEqual(
        (await on.listed(['client', 'list'])).map((one) => one.client_id),
        ['backup'],
      );
      await on.done(['client', 'delete', 'backup', '--yes']);
      match(String((await on.refused(['client', 'show', 'backup'], 1)).hint), /client list/);
    });

    test('invitations are made, listed without their codes, and withdrawn', async () => {
      const made = await on.done(['invite', 'create', '--role', 'viewer', '--uses', '3', '--note', 'The new office']);
      deepEqual(Object.keys(made).toSorted(), [...invitationFields, 'code', 'url'].toSorted());
      match(String(made.code), /^gwi_/);
      const [listed, ...others] = await on.listed(['invite', 'list']);
      deepEqual(Object.keys(listed ?? {}), invitationFields);
      deepEqual(some(listed ?? {}, 'id', 'uses', 'used', 'note'), [made.id, 3, 0, 'The new office']);
      equal(others.length, 0);
      equal((await on.refused(['invite', 'create', '--expires', '91d'], 1)).code, 'validation_failed');
      await on.done(['invite', 'revoke', String(made.id)]);
      deepEqual(await on.listed(['invite', 'list']), []);
      equal((await on.refused(['invite', 'revoke', 'nothing'], 1)).code, 'not_found');
    });

    test('the audit log says who, and by which way', async () => {
      const records = await on.listed(['audit', '--event', 'user.changed', '--subject', 'user:Vera', '--limit', '2']);
      equal(records.length, 2);
      const [record] = records;
      deepEqual(Object.keys(record ?? {}), auditFields);
      deepEqual(some(record ?? {}, 'event', 'via', 'outcome', 'subject'), ['user.changed', via, 'ok', 'user:Vera']);
      match(String(record?.actor), actor);
      const sorted = records.map((one) => String(one.at));
      deepEqual(sorted, sorted.toSorted().toReversed(), 'newest first');
      const by = (...more: string[]) => on.listed(['audit', ...more]).then((all) => all.length);
      equal(await by('--actor', String(record?.actor), '--outcome', 'ok', '--limit', '3'), 3);
      equal(await by('--since', '1h', '--until', '2020-01-01'), 0);
    });
  });
}

describe('MongoDB and Redis with --local', { skip: redisSkip }, () => {
  let on: Administered;
  before(async () => {
    on = await inMongoAndRedis();
  });
  after(() => on?.[Symbol.asyncDispose]());

  test('every noun is written and read', async () => {
    await on.done(['user', 'add', 'vera', '--role', 'viewer', '--without-password']);
    equal((await on.done(['user', 'set-role', 'vera', 'operator'])).role, 'operator');
    match(String((await on.done(['client', 'create', 'Backup', '--client-id', 'backup'])).client_secret), /^gws_/);
    match(String((await on.done(['invite', 'create'])).code), /^gwi_/);
    deepEqual(await on.listed(['session', 'list', '--user', 'vera']), []);
    const [record] = await on.listed(['audit', '--limit', '1']);
    deepEqual(some(record ?? {}, 'event', 'via'), ['invitation.changed', 'command']);
  });
});

test('--follow prints what is there, and then what comes', async () => {
  await using on = await inSqlite();
  await using following = on.start(['audit', '--follow', '-o', 'json', '--event', 'user.changed']);
  await following.printed(/"subject":"user:ada"/, 60_000);
  await on.done(['user', 'add', 'vera', '--without-password']);
  await following.printed(/"subject":"user:vera"/, 60_000);
  equal(following.stdout.trimEnd().split('\n').length, 2, 'each record once');
});
