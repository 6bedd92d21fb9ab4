import { IntlMessageFormat } from 'intl-messageformat';
import german from './de.json' with { type: 'json' };
import english from './en.json' with { type: 'json' };

/** The languages of the pages. */
export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

type Dictionary = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Names a sentence: `section.key` of the files of words. */
export type WordKey = {
  [Section in keyof typeof english]: `${Section}.${Extract<keyof (typeof english)[Section], string>}`;
}[keyof typeof english];

export type WordValues = Readonly<Record<string, string | number>>;

/** The words of the pages in one language. Messages are in ICU's syntax. */
export interface Words {
  readonly language: Language;
  /** The sentence as plain text; a template escapes it. Throws `TypeError` for an unknown key. */
  text(key: WordKey, values?: WordValues): string;
  /**
   * The sentence as markup: `<strong>`, `<code>` and `<bdi>` of the message are kept, and the values are escaped. Throws `TypeError`
   * for an unknown key.
   */
  markup(key: WordKey, values?: WordValues): string;
  /** Whether there is a sentence of this name: for keys that are made of data. */
  has(key: string): key is WordKey;
}

/** The language of a client's `Accept-Language`: of those that the pages have, the one it likes best. Default: English. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '').slice(0, 400).split(',').slice(0, 20).map(rangeOf);
  const liked = wanted.filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight);
  for (const { tag } of liked) {
    const found = languages.find((one) => one === tag || tag === '*');
    if (found) return found;
  }
  return 'en';
}

function rangeOf(text: string): { tag: string; weight: number } {
  const [range = '', ...parameters] = text.trim().toLowerCase().split(';');
  const weight = parameters.map((one) => one.trim()).find((one) => one.startsWith('q='));
  return { tag: range.trim().split('-')[0] ?? '', weight: weight === undefined ? 1 : Number(weight.slice(2)) };
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (value: string | number): string => String(value).replace(/[&<>"']/g, (found) => escapes[found] ?? '');

type Chunks = readonly string[];
const element = (name: string) => (chunks: Chunks) => `<${name}>${chunks.join('')}</${name}>`;
const elements = { strong: element('strong'), code: element('code'), bdi: element('bdi') };

function wordsIn(language: Language, dictionary: Dictionary): Words {
  const parsed = new Map<string, IntlMessageFormat>();

  function messageIn(key: string): string | undefined {
    const at = key.indexOf('.');
    const section = dictionary[key.slice(0, at)] ?? {};
    return Object.hasOwn(section, key.slice(at + 1)) ? section[key.slice(at + 1)] : undefined;
  }

  function messageOf(key: string): string {
    const message = messageIn(key);
    if (message === undefined) throw new TypeError(`there is no word "${key}" in the language "${language}"`);
    return message;
  }

  function formatOf(key: string): IntlMessageFormat {
    const known = parsed.get(key);
    if (known) return known;
    const format = new IntlMessageFormat(messageOf(key), language);
    parsed.set(key, format);
    return format;
  }

  return {
    language,
    has: (key): key is WordKey => messageIn(key) !== undefined,
    text: (key, values = {}) => String(formatOf(key).format(values)),
    markup(key, values = {}) {
      const safe = Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? value : escaped(value)]),
      );
      return String(formatOf(key).format<string>({ ...safe, ...elements }));
    },
  };
}

const words: Readonly<Record<Language, Words>> = {
  en: wordsIn('en', english),
  de: wordsIn('de', german),
};

/** The words of a language. */
export const wordsOf = (language: Language): Words => words[language];
