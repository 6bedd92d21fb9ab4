import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { gatewardenCommand } from '../support/command.ts';
import { adminPassword, startGateway } from '../support/gateway.ts';
import { adaIsAdmin, errorOf } from '../support/person.ts';
import { commandInTerminal } from '../support/terminal.ts';
import { accessToken, nowhere } from './administered.ts';

// Fresh for a second: every call that creates or changes something asks for the password.
const gateway = await startGateway({ upstream: nowhere, settings: { ...adaIsAdmin, CONFIRM_WITHIN: '1s' } });
after(() => gateway[Symbol.asyncDispose]());
const settings = { SERVER: gateway.address, TOKEN: await accessToken(gateway) };
// Until it is fresh no more.
await wait(1200);
const ownPassword = join(gateway.dataDir, 'own-password');
await writeFile(ownPassword, `${adminPassword}\n`);
const fresh = 'a new long password';

const run = (args: string[], input = '') => gatewardenCommand([...args, '-o', 'json'], { settings, input });

test('without a terminal the command says which flag takes one’s own password, and takes it', async () => {
  const refused = await run(['user', 'add', 'vera', '--password-stdin'], fresh);
  deepEqual([refused.code, errorOf(refused).code], [4, 'confirmation_required'], refused.stderr);
  match(errorOf(refused).hint ?? '', /--current-password-(stdin|file)/);
  const args = ['user', 'add', 'vera', '--password-stdin', '--current-password-file', ownPassword];
  const made = await run(args, fresh);
  equal(made.code, 0, made.stderr);
  equal((made.stdout + made.stderr).includes(fresh), false);
});

test('stdin gives one password: the new one or one’s own', async () => {
  const both = await run(['user', 'set-password', 'vera', '--password-stdin', '--current-password-stdin'], fresh);
  deepEqual([both.code, errorOf(both).code], [5, 'usage']);
  const newFile = join(gateway.dataDir, 'new-password');
  await writeFile(newFile, 'yet another password');
  const args = ['user', 'set-password', 'vera', '--password-file', newFile, '--current-password-stdin'];
  const done = await run(args, `${adminPassword}\n`);
  equal(done.code, 0, done.stderr);
});

test('on a terminal the new password is asked for twice, one’s own once, and none is shown', async () => {
  const { code, screen } = await commandInTerminal(
    ['user', 'set-password', 'vera'],
    [
      [/New password of vera/, `${fresh}\r`],
      [/once more/, `${fresh}\r`],
      [/[Yy]our own password/, `${adminPassword}\r`],
    ],
    { settings },
  );
  equal(code, 0, screen);
  for (const secret of [fresh, adminPassword]) equal(screen.includes(secret), false);
  match(screen, /All sessions of vera have ended/);
});

test('one’s own password is changed with the present one; the session that does it goes on', async () => {
  const newFile = join(gateway.dataDir, 'of-ada');
  await writeFile(newFile, 'gulls over the harbour wall');
  const change = ['user', 'set-password', '--password-file', newFile];
  const without = await run(change);
  deepEqual([without.code, errorOf(without).code], [4, 'confirmation_required']);
  const wrong = await run([...change, '--current-password-stdin'], 'not this one');
  deepEqual([wrong.code, errorOf(wrong).code], [4, 'confirmation_required']);
  equal((await run([...change, '--current-password-stdin'], adminPassword)).code, 0);
  equal((await run(['user', 'show', 'ada'])).code, 0, 'this session goes on');
  const back = ['user', 'set-password', '--password-file', ownPassword, '--current-password-file', newFile];
  equal((await run(back)).code, 0);
  equal((await run(['user', 'set-password', '--local', '--password-file', newFile])).code, 5, 'the store knows no you');
});

test('two passwords that differ change nothing', async () => {
  const { code, screen } = await commandInTerminal(
    ['user', 'set-password', 'vera'],
    [
      [/New password of vera/, `${fresh}\r`],
      [/once more/, 'another one\r'],
    ],
    { settings },
  );
  equal(code, 5);
  match(screen, /differ: nothing was changed/);
});

test('a dangerous command asks on a terminal: no is the answer of Enter, yes does it', async () => {
  const args = ['user', 'delete', 'vera', '--current-password-file', ownPassword];
  const kept = await commandInTerminal(args, [[/Delete vera, with all sessions and tokens\?/, '\r']], { settings });
  equal(kept.code, 5);
  match(kept.screen, /nothing was changed/);
  equal((await run(['user', 'show', 'vera'])).code, 0);
  const gone = await commandInTerminal(args, [[/Delete vera, with all sessions and tokens\?/, 'y']], { settings });
  equal(gone.code, 0, gone.screen);
  doesNotMatch(gone.screen, /Your own password/);
  equal((await run(['user', 'show', 'vera'])).code, 1);
});
