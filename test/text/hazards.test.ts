import { equal } from 'node:assert/strict';
import test from 'node:test';
import { hasHazard, replaceHazards, withoutHazards } from '../../lib/text.ts';

const hazards: Readonly<Record<string, string>> = {
  'a null': '\0',
  'a line feed': '\n',
  'an escape': '\u001b',
  'a delete': '\u007f',
  'a C1 control': '\u009b',
  'a line separator': '\u2028',
  'a paragraph separator': '\u2029',
  'an override of the direction': '\u202e',
  'an isolate of the direction': '\u2066',
  'an Arabic letter mark': '\u061c',
  'a right-to-left mark': '\u200f',
  'a soft hyphen': '\u00ad',
  'a zero-width space': '\u200b',
  'a word joiner': '\u2060',
  'a byte order mark': '\ufeff',
  'an annotation anchor': '\ufff9',
};

for (const [what, character] of Object.entries(hazards)) {
  test(`${what} is found, removed and replaced`, () => {
    const text = `a${character}b`;
    equal(hasHazard(text), true);
    equal(withoutHazards(text), 'ab');
    equal(replaceHazards(text), 'ab');
    equal(replaceHazards(text, '?'), 'a?b');
  });
}

for (const name of ['Alice Löwe', 'Łukasz', '東京', 'مريم', 'नी‌ला', '👩‍👩‍👧', 'O’Brien']) {
  test(`${name} is a name that people have`, () => {
    equal(hasHazard(name), false);
    equal(withoutHazards(name), name);
  });
}

test('a joiner cannot make two names look alike in a log', () => equal(replaceHazards('ad\u200dm\u200cin'), 'admin'));

test('each character can be replaced by something made of it', () => {
  equal(
    replaceHazards('a\u202eb\u200d', (one) => `<${one.charCodeAt(0).toString(16)}>`),
    'a<202e>b<200d>',
  );
});
