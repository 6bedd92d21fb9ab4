import { deepEqual, equal, throws } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { IntlMessageFormat } from 'intl-messageformat';
import { languageOf, wordsOf } from '../../lib/pages/index.ts';
import type { WordKey } from '../../lib/pages/words/words.ts';
import { sources } from '../structure/tree.ts';

type Dictionary = Readonly<Record<string, Readonly<Record<string, string>>>>;

const dictionaryOf = (language: string): Dictionary =>
  JSON.parse(readFileSync(`lib/pages/words/${language}.json`, 'utf8'));
const flat = (dictionary: Dictionary) =>
  Object.entries(dictionary).flatMap(([section, words]) =>
    Object.entries(words).map(([key, message]) => [`${section}.${key}`, message] as const),
  );
const [english, german] = [flat(dictionaryOf('en')), flat(dictionaryOf('de'))];

/** The names of a message's values and elements. */
const namesIn = (message: string): string[] =>
  [
    ...new Set(
      [...JSON.stringify(new IntlMessageFormat(message).getAst()).matchAll(/"type":[1-8],"value":"([^"]+)"/g)].map(
        ([, name]) => name ?? '',
      ),
    ),
  ].sort();

test('every word of one language is there in the other, with the same values', () => {
  deepEqual(
    german.map(([key, message]) => [key, namesIn(message)]),
    english.map(([key, message]) => [key, namesIn(message)]),
  );
});

test('no word is empty, and none but names is left untranslated', () => {
  const empty = [...english, ...german].filter(([, message]) => message.trim() === '');
  deepEqual(empty, []);
});

/** Every word that a template or a page names with a text, and the beginnings of those that are put together. */
const used = sources('lib').flatMap(({ text }) =>
  [...text.matchAll(/(?:\bit\.[tm]|\b[tm]|\.text|\.markup)\(\s*\\?['"`]([a-z][A-Za-z]+\.[A-Za-z0-9_.-]*)/g)].map(
    ([, key]) => key ?? '',
  ),
);

test('every word that a page names is there', () => {
  const known = new Set<string>(english.map(([key]) => key));
  const missing = used.filter(
    (key) => !known.has(key) && !english.some(([one]) => key.endsWith('.') && one.startsWith(key)),
  );
  deepEqual([...new Set(missing)], []);
});

test('an unknown word throws', () => {
  throws(() => wordsOf('en').text('frame.nothing' as WordKey), TypeError);
});

for (const [header, language] of [
  [undefined, 'en'],
  ['de', 'de'],
  ['de-AT,de;q=0.9,en;q=0.8', 'de'],
  ['fr-FR,fr;q=0.9', 'en'],
  ['fr, de;q=0.5, en;q=0.4', 'de'],
  ['en;q=0.4, DE;q=0.5', 'de'],
  ['de;q=0, en', 'en'],
  ['*', 'en'],
  [`${'x,'.repeat(20_000)}de`, 'en'],
] as const) {
  test(`Accept-Language: ${header?.slice(0, 40)} gives ${language}`, () => equal(languageOf(header), language));
}

test('markup keeps the elements of the message and escapes the values', () => {
  const shown = wordsOf('en').markup('frame.errorTitle', { title: `<img src=x onerror='1'>&"` });
  equal(shown, 'Error: &lt;img src=x onerror=&#39;1&#39;&gt;&amp;&quot;');
});
