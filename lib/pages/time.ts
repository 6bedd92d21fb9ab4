import type { Words } from './words/words.ts';

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(language: string): Intl.DateTimeFormat {
  const known = clocks.get(language);
  if (known) return known;
  const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const;
  const clock = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, options);
  clocks.set(language, clock);
  return clock;
}

/** A time in milliseconds since the epoch as a `time` element, in UTC; the script of the pages shows it in the reader's zone. */
export function timeElement(words: Words, at: number): string {
  const exact = new Date(at).toISOString();
  const text = words.text('frame.utc', { time: clockOf(words.language).format(at) });
  return `<time datetime="${exact}" title="${exact}">${text}</time>`;
}
