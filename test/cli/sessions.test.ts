import { deepEqual, equal, match } from 'node:assert/strict';
import test, { after } from 'node:test';
import { gatewardenCommand } from '../support/command.ts';
import { startGateway } from '../support/gateway.ts';
import { adaIsAdmin, errorOf } from '../support/person.ts';
import { accessToken, nowhere, type Thing } from './administered.ts';

const gateway = await startGateway({ upstream: nowhere, settings: adaIsAdmin });
after(() => gateway[Symbol.asyncDispose]());

const as = (token: string) => ({ SERVER: gateway.address, TOKEN: token });
const inStore = { DATA_DIR: gateway.dataDir };

async function listed(settings: Record<string, string>, ...more: string[]): Promise<readonly Thing[]> {
  const { code, stdout, stderr } = await gatewardenCommand(['session', 'list', '-o', 'json', ...more], { settings });
  equal(code, 0, stderr);
  return JSON.parse(stdout);
}

const end = (settings: Record<string, string>, ...args: string[]) =>
  gatewardenCommand(['session', 'end', '-o', 'json', ...args], { settings });

test('one’s own sessions are listed, one is ended by its id, and all of them at once', async () => {
  const [first, second, third] = [await accessToken(gateway), await accessToken(gateway), await accessToken(gateway)];
  const sessions = await listed(as(first));
  equal(sessions.length, 3);
  deepEqual(sessions.map(({ current }) => current).toSorted(), [false, false, true]);
  const [mine] = (await listed(as(second))).filter(({ current }) => current);
  equal((await end(as(first), String(mine?.id))).code, 0);
  const refused = await gatewardenCommand(['session', 'list', '-o', 'json'], { settings: as(second) });
  deepEqual([refused.code, errorOf(refused).code], [4, 'token_revoked']);
  equal((await end(as(first), '--all')).code, 5, 'it wants --yes');
  equal((await end(as(first), '--all', '--yes')).code, 0);
  for (const token of [first, third]) {
    equal((await gatewardenCommand(['session', 'list'], { settings: as(token) })).code, 4);
  }
});

test('without a credential there is nothing to end', async () => {
  const ran = await end({ SERVER: gateway.address }, '--all', '--yes');
  deepEqual([ran.code, errorOf(ran).code], [4, 'not_signed_in']);
});

test('an admin ends all of another user through the server, and each of them in the store', async () => {
  const [first, second] = [await accessToken(gateway), await accessToken(gateway)];
  const local = await listed(inStore, '--local', '--user', 'ADA');
  equal(local.length, 2);
  equal((await end(inStore, '--local', '--user', 'ada', String(local[0]?.id))).code, 0);
  equal((await listed(inStore, '--local', '--user', 'ada', '--limit', '5')).length, 1);
  equal((await end(inStore, '--local', '--user', 'ada', '--all', '--yes')).code, 0);
  const tokens = await Promise.all(
    [first, second].map((token) => gatewardenCommand(['user', 'list'], { settings: as(token) })),
  );
  deepEqual(
    tokens.map(({ code }) => code),
    [4, 4],
    'the running gateway knows of both',
  );
  const third = await accessToken(gateway);
  equal((await end(as(third), '--user', 'ada', '--all', '--yes')).code, 0);
  equal((await listed(inStore, '--local', '--user', 'ada')).length, 0);
});

test('sessions of others are not asked of a server, and nobody is not there', async () => {
  const token = await accessToken(gateway);
  const others = await gatewardenCommand(['session', 'list', '--user', 'vera'], { settings: as(token) });
  equal(others.code, 5);
  match(others.stderr, /--local/);
  const nobody = await end(inStore, '--local', '--user', 'nobody', '--all', '--yes');
  deepEqual([nobody.code, errorOf(nobody).code], [1, 'not_found']);
});
