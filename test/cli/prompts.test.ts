import { deepEqual, equal, match } from 'node:assert/strict';
import test, { after } from 'node:test';
import { adminPassword } from '../support/gateway.ts';
import { startDemo } from '../support/installation.ts';
import { adaIsAdmin, person } from '../support/person.ts';
import { commandInTerminal } from '../support/terminal.ts';

const gateway = await startDemo({ settings: { ...adaIsAdmin, CONFIRM_WITHIN: '1s' } });
after(() => gateway[Symbol.asyncDispose]());
const server = gateway.address;
const enter = '\r';

test('on a terminal the server, the name and the password are asked for; the password is not shown', async () => {
  await using ada = await person();
  const { code, screen } = await commandInTerminal(
    ['login'],
    [
      [/URL of the server/, `${server}${enter}`],
      [/Username/, `ada${enter}`],
      [/Password of ada/, `${adminPassword}${enter}`],
    ],
    { env: ada.env },
  );
  equal(code, 0, screen);
  match(screen, /Signed in to .* as ada/);
  equal(screen.includes(adminPassword), false);
  equal((await ada.run(['logout'])).code, 0);
});

test('a wrong password on a terminal is 4', async () => {
  await using ada = await person();
  const typed = [[/Password of ada/, `wrong${enter}`]] as const;
  const { code, screen } = await commandInTerminal(['login', 'ada', '--server', server], typed, { env: ada.env });
  equal(code, 4, screen);
});

const restored = 'echo "ended with $?"; stty -a';

test('Ctrl-C at a prompt stops the command, and gives the terminal back as it was', async () => {
  await using ada = await person();
  const options = { env: ada.env, after: restored };
  const { screen } = await commandInTerminal(
    ['login', 'ada', '--server', server],
    [[/Password of ada/, '\u0003']],
    options,
  );
  match(screen, /Stopped: nothing was changed\./);
  match(screen, /ended with 5/);
  match(screen, /[^-]icanon/);
  match(screen, / echo /);
  match(screen, /[^-]isig/);
  const [hidden, shown] = ['\u001b[?25l', '\u001b[?25h'].map((one) => screen.lastIndexOf(one));
  equal(Number(shown) >= Number(hidden), true, 'the cursor is shown again');
});

test('where a fresh sign-in is asked for, a terminal asks for the password, and again when it is wrong', async () => {
  await using ada = await person();
  await ada.login(server);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const without = await ada.run(['auth', 'token', 'create', 'asked']);
  equal(without.code, 4);
  match(without.stderr, /--current-password-stdin/);
  const wrong = await ada.run(['auth', 'token', 'create', 'asked', '--current-password-stdin'], { input: 'wrong' });
  deepEqual([wrong.code, wrong.stdout], [4, '']);
  const { code, screen } = await commandInTerminal(
    ['auth', 'token', 'create', 'asked'],
    [
      [/Your own password, to confirm/, `wrong${enter}`],
      [/That was not it/, `${adminPassword}${enter}`],
    ],
    { env: ada.env },
  );
  equal(code, 0, screen);
  match(screen, /gwt_[A-Za-z0-9]{36}/);
  const given = await ada.run(['auth', 'token', 'revoke', 'asked', '--current-password-stdin'], {
    input: adminPassword,
  });
  equal(given.code, 0, given.stderr);
  await ada.run(['logout']);
});

test('on a terminal the answer of `api` is indented; elsewhere it is as it came', async () => {
  await using ada = await person();
  await ada.login(server);
  const { screen } = await commandInTerminal(['api', '/api/v1/session'], [], { env: ada.env });
  match(screen, /\{\r\n {2}"authenticated": true/);
  match((await ada.run(['api', '/api/v1/session'])).stdout, /^\{"authenticated":true/);
  await ada.run(['logout']);
});

test('NO_COLOR leaves colours out of prompts and errors', async () => {
  await using ada = await person();
  const env = { ...ada.env, NO_COLOR: '1' };
  const { screen } = await commandInTerminal(['login', 'ada', '--server', server], [[/Password of ada/, '\u0003']], {
    env,
  });
  // Colours of SGR; what moves the cursor stays.
  deepEqual(screen.match(/\u001b\[(3\d|9\d|2|7)(;\d+)*m/g) ?? [], []);
});
