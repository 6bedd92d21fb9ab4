import { equal, match } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { namePolicy, problemOfDisplayName, problemOfEmail, typedKey } from '../../lib/accounts/names.ts';

const problem = namePolicy(['Boss', 'jira-admin']);

describe('names of users', () => {
  for (const name of ['ada', 'A', '0x', 'a.b_c+d-e', 'Ada.Lovelace', 'x'.repeat(64)]) {
    it(`may be ${name}`, () => equal(problem(name, false), undefined));
  }

  const odd: unknown[] = [
    '',
    ' ada',
    'ada ',
    'a b',
    '.ada',
    '-ada',
    '@ada',
    'x'.repeat(65),
    'äda',
    'a\n',
    'a/b',
    'a:b',
    'аda',
    'a\u0000',
    {},
    ['ada'],
    null,
    undefined,
    7,
  ];
  for (const name of odd) {
    it(`may not be ${JSON.stringify(name)}, from nobody's hand`, () => {
      match(problem(name, false) ?? '', /must be/);
      match(problem(name, true) ?? '', /must be/);
    });
  }

  const adminOnly: [name: string, problem: RegExp][] = [
    ['admin', /reserved/],
    ['ADMIN', /reserved/],
    ['Root', /reserved/],
    ['system', /reserved/],
    ['boss', /reserved/],
    ['JIRA-Admin', /reserved/],
    ['ada@example.com', /@/],
  ];
  for (const [name, expected] of adminOnly) {
    it(`may be ${name} from an admin's hand only`, () => {
      match(problem(name, false) ?? '', expected);
      equal(problem(name, true), undefined);
    });
  }
});

describe('what somebody types as a name', () => {
  const spellings: [typed: string, key: string | undefined][] = [
    ['Ada', 'ada'],
    [' ada ', 'ada'],
    ['ａｄａ', 'ada'],
    ['ADA@Example.COM', 'ada@example.com'],
    ['ﬁona', 'fiona'],
    ['', undefined],
    ['a\u0000b', undefined],
    ['\ud800', undefined],
    ['x'.repeat(321), undefined],
  ];
  for (const [typed, key] of spellings) {
    it(`${JSON.stringify(typed.slice(0, 20))} is looked up as ${key}`, () => equal(typedKey(typed), key));
  }
});

describe('addresses and display names', () => {
  for (const email of ['a@b', 'ada.l+x@example.com', 'ü@bücher.example']) {
    it(`${email} is an address`, () => equal(problemOfEmail(email), undefined));
  }
  for (const email of [
    '',
    'ada',
    '@b',
    'a@',
    'a@b@c',
    'a b@c',
    'a@b\r\nBcc: x@y',
    '"a"@b',
    `${'x'.repeat(250)}@b.de`,
    {},
    '\ud800@b',
  ]) {
    it(`${JSON.stringify(email).slice(0, 30)} is none`, () => match(problemOfEmail(email) ?? '', /./));
  }
  for (const name of ['Ada', 'Ådä 李 🙂', 'O’Neil <b>', '한국어']) {
    it(`${name} may be shown`, () => equal(problemOfDisplayName(name), undefined));
  }
  for (const name of ['', '  ', 'a\u001b[31m', 'a\nb', 'a\u202eb', '\ud800', 'x'.repeat(201), 5]) {
    it(`${JSON.stringify(name).slice(0, 20)} may not`, () => match(problemOfDisplayName(name) ?? '', /./));
  }
});
