import type { Words } from './words/words.ts';

const formats = {
  whole: { dateStyle: 'medium', timeStyle: 'short' },
  hour: { hour: '2-digit', minute: '2-digit' },
  day: { day: 'numeric', month: 'short' },
} as const;

/** How much of a time is shown. */
export type TimeFormat = keyof typeof formats;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(language: string, format: TimeFormat): Intl.DateTimeFormat {
  const key = `${language} ${format}`;
  const known = clocks.get(key);
  if (known) return known;
  const options = { ...formats[format], timeZone: 'UTC' };
  const clock = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, options);
  clocks.set(key, clock);
  return clock;
}

/** A time in milliseconds since the epoch in words, in UTC. A day is that of UTC and does not say so. */
export function timeText(words: Words, at: number, format: TimeFormat = 'whole'): string {
  const time = clockOf(words.language, format).format(at);
  return format === 'day' ? time : words.text('frame.utc', { time });
}

/** A time in milliseconds since the epoch as a `time` element, in UTC; the script of the pages shows it in the reader's zone. */
export function timeElement(words: Words, at: number, format: TimeFormat = 'whole'): string {
  const exact = new Date(at).toISOString();
  const shown = format === 'whole' ? '' : ` data-format="${format}"`;
  return `<time datetime="${exact}" title="${exact}"${shown}>${timeText(words, at, format)}</time>`;
}
