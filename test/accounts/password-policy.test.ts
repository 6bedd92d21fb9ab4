import { equal, match } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { passwordPolicy } from '../../lib/accounts/password-policy.ts';

const problem = passwordPolicy(12);
const owner = { username: 'ada.lovelace', email: 'countess@example.com', displayName: 'Ada King' };

describe('a password may be', () => {
  const good = [
    'violet kettle 27 sails',
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
