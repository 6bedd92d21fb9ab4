import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { passwordPolicy } from '../../lib/accounts/password-policy.ts';
import { rankedPasswords } from '../../lib/accounts/ranked-passwords.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const problem = passwordPolicy({
  passwordMinLength: 12,
  brandName: 'Blue Heron',
  publicUrl: 'https://wiki.rivermouth.example.com/base',
  upstream: 'http://jupyterhub:8888',
});
const owner = { username: 'ada.lovelace', email: 'countess@example.com', displayName: 'Ada King' };

describe('a password may be', () => {
  const good = [
    'violet kettle 27 sails',
    'example of herons by rivers',
    '7391-heron-0284-gull',
    'zzkrqmvwptbd',
    'пароль-для-меня-42',
    '🙂🙃🙂😀😃😄😁😆😅🤣😂🙂',
    'x7-passwords-are-fun-q9',
    'adagio under maples',
    'my master plan to sleep',
    `${'long '.repeat(200)}tail`,
    ' leading and trailing ',
  ];
  for (const password of good) it(`${password.slice(0, 30)}`, () => equal(problem(password, owner), undefined));
});

describe('a password may not be', () => {
  const bad: [title: string, password: unknown, problem: RegExp][] = [
    ['absent', undefined, /text/],
    ['an object', { $ne: '' }, /text/],
    ['an array', ['violet kettle 27 sails'], /text/],
    ['empty', '', /empty/],
    ['too short', 'violet kett', /at least 12/],
    ['too short once NFKC has taken its parts together', 'e\u0301'.repeat(11), /at least 12/],
    ['short in characters though long in UTF-16', '🙂🙃😀😃😄😁😆😅🤣😂😇', /at least 12/],
    ['longer than 1,024 bytes', 'vq'.repeat(513), /1,024 bytes/],
    ['longer than 1,024 bytes in UTF-8', 'ø1'.repeat(400), /1,024 bytes/],
    ['longer than 1,024 bytes after NFKC', '\ufdfa'.repeat(40), /1,024 bytes/],
    ['with NUL', 'violet kettle\u0000 27 sails', /cannot be typed/],
    ['with a lone surrogate', 'violet kettle \ud800 sails', /cannot be typed/],
    ['well known', 'correcthorsebatterystaple', /guessed first/],
    ['a well-known word with digits', 'Password2024!', /guessed first/],
    ['a well-known word with swapped letters', 'P@$$w0rd123456', /guessed first/],
    ['a well-known word twice', 'passwordpassword', /guessed first/],
    ['one character', 'aaaaaaaaaaaaaaaa', /guessed first/],
    ['three characters over and over', 'abxabxabxabxabx', /guessed first/],
    ['a count', '123456789012', /guessed first/],
    ['a count backwards', '9876543210987', /guessed first/],
    ['the alphabet', 'abcdefghijklm', /guessed first/],
    ['a row of the keyboard', 'qwertyuiopas', /guessed first/],
    ['the own name', 'Ada.Lovelace', /own name/],
    ['the own name with digits', 'adalovelace1815', /own name/],
    ['the own address', 'countess@example.com', /own name/],
    ['of the ranked list, with digits', 'Snowflake1987!', /guessed first/],
    ['of the ranked list, twice', 'sparklesparkle', /guessed first/],
    ['of the list of long ones', 'polniypizdec0211', /guessed first/],
    ['the brand', 'Blue-Heron-2026', /this service/],
    ['a word of the brand', 'heronheron12', /this service/],
    ['the host', 'wiki.rivermouth.example.com', /this service/],
    ['a part of the host', 'Rivermouth2026', /this service/],
    ['the service behind', 'JupyterHub-123', /this service/],
    ['the name of this program', 'gatewarden!2026', /this service/],
    ['the own display name, widened', 'Ａda-Ｋing-2026', /own name/],
  ];
  for (const [title, password, expected] of bad) {
    it(title, () => match(problem(password, owner) ?? '', expected));
  }

  it('repeated in what is said about it', () => {
    for (const [, password] of bad) {
      if (typeof password === 'string' && password !== '') equal(problem(password, owner)?.includes(password), false);
    }
  });
});

describe('the ranked lists', () => {
  const list = [...rankedPasswords()];

  it('hold 3,000 of 12 and more characters, and tens of thousands of shorter ones', () => {
    const long = list.filter((one) => [...one].length >= 12);
    ok(long.length >= 10_000, `${long.length} long ones`);
    ok(list.length - long.length >= 45_000, `${list.length - long.length} shorter ones`);
  });

  it('are refused, each of them, in any case', () => {
    const policy = passwordPolicy({ passwordMinLength: 8 });
    const passed = list.filter((one) => one.length >= 8 && policy(one.toUpperCase(), owner) === undefined);
    deepEqual(passed, []);
  });

  it('are read when a password is first looked at, not before', () => {
    const script = `
      const { createRequire } = await import('node:module');
      const { passwordPolicy } = await import('./lib/accounts/password-policy.ts');
      const read = () => Object.keys(createRequire(import.meta.url).cache).filter((path) => /zxcvbn|frequent/.test(path)).length;
      const policy = passwordPolicy({ passwordMinLength: 12 });
      const before = read();
      policy('violet kettle 27 sails', { username: 'ada' });
      console.log(before, read() > 0);`;
    const given = ['--conditions=gatewarden-source', '--input-type=module', '-e', script];
    equal(execFileSync(process.execPath, given, { encoding: 'utf8', cwd: root }).trim(), '0 true');
  });
});
