import { deepEqual, doesNotMatch, equal } from 'node:assert/strict';
import test from 'node:test';
import { output } from '../../cli/output.ts';
import { printable, printableJson } from '../../cli/printable.ts';

const cases: readonly [what: string, given: string, shown: string][] = [
  ['a plain name is shown as it is', 'Ada Lovelace', 'Ada Lovelace'],
  ['letters of any script are kept', 'Ɓukar 東京 مريم 👩🏽', 'Ɓukar 東京 مريم 👩🏽'],
  ['a colour sequence is dropped whole', '\u001b[31mred\u001b[0m', 'red'],
  ['a title sequence is dropped whole', 'a\u001b]0;owned\u0007b', 'ab'],
  ['a lone escape is dropped', 'a\u001bb', 'a'],
  ['a line cannot be forged', 'ada\nroot admin', 'ada root admin'],
  ['a C1 control is dropped', 'a\u009b31mb', 'a31mb'],
  ['text cannot be turned round', 'user\u202egnp.exe\u2066\u200f', 'usergnp.exe'],
  ['a null and a bell are dropped', 'a\u0000b\u0007c', 'abc'],
];

for (const [what, given, shown] of cases) {
  test(`a terminal: ${what}`, () => equal(printable(given), shown));
}

test('JSON keeps every value whole, and shows none of those characters', () => {
  const value = { name: 'a\u202eb\u001b[31m\u0085\nc' };
  const text = printableJson(value);
  doesNotMatch(text, /[\u202e\u001b\u0085]/);
  deepEqual(JSON.parse(text), value);
});

type Said = { out: string; err: string };

function say(format: 'table' | 'json' | 'plain', quiet = false): { said: Said; out: ReturnType<typeof output> } {
  const said = { out: '', err: '' };
  const into = (key: keyof Said) => ({
    write: (text: string) => {
      said[key] += text;
    },
  });
  return { said, out: output({ format, quiet }, { stdout: into('out'), stderr: into('err') }) };
}

const rows = [
  { name: 'ada', role: 'admin' },
  { name: 'bob\u001b[2J', role: 'viewer' },
];

const formats = [
  ['table', 'NAME  ROLE\nada   admin\nbob   viewer\n'],
  ['plain', 'ada\tadmin\nbob\tviewer\n'],
  ['json', '[\n  1\n]\n'],
] as const;

for (const [format, expected] of formats) {
  test(`a list as ${format}`, () => {
    const { said, out } = say(format);
    out.list(['name', 'role'], rows, [1]);
    equal(said.out, expected);
  });
}

test('a note is for people: on stderr, and silent with --quiet and with -o json', () => {
  const heard = [say('table'), say('table', true), say('json')].map(({ said, out }) => {
    out.note('done');
    return said;
  });
  deepEqual(heard, [
    { out: '', err: 'done\n' },
    { out: '', err: '' },
    { out: '', err: '' },
  ]);
});
