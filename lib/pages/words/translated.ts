import english from './en.json' with { type: 'json' };
import type { WordKey, Words } from './words.ts';

/**
 * The sections whose English words are also what the services say: how a field is wrong, why something is refused, and how a request is
 * decided.
 */
type SpokenSection = 'fieldProblems' | 'details' | 'explained';

/** An English message with places for values, such as `must have at least {n} characters`. */
type Pattern = Readonly<{ key: WordKey; names: readonly string[]; form: RegExp; length: number }>;

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function patternOf(section: SpokenSection, key: string, message: string): Pattern {
  const parts = message.split(/\{(\w+)\}/);
  const names = parts.filter((_part, at) => at % 2 === 1);
  const form = parts.map((part, at) => (at % 2 === 1 ? '(.+)' : literal(part))).join('');
  const length = parts.filter((_part, at) => at % 2 === 0).join('').length;
  return { key: `${section}.${key}` as WordKey, names, form: new RegExp(`^${form}$`, 's'), length };
}

/** The longest text comes first: `must be a list of scopes` is not one of `must be a list of {names}`. */
const patternsOf = (section: SpokenSection): readonly Pattern[] =>
  Object.entries(english[section])
    .map(([key, message]) => patternOf(section, key, message))
    .toSorted((a, b) => b.length - a.length);

const patterns: Readonly<Record<SpokenSection, readonly Pattern[]>> = {
  fieldProblems: patternsOf('fieldProblems'),
  details: patternsOf('details'),
  explained: patternsOf('explained'),
};

/** An English message of the services in the language of `words`; undefined for one that has no translation. */
export function translated(words: Words, section: SpokenSection, message: string): string | undefined {
  for (const { key, names, form } of patterns[section]) {
    const found = form.exec(message);
    if (found === null) continue;
    return words.text(key, Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? ''])));
  }
  return undefined;
}
