import { errorTable } from '../../errors.ts';
import english from '../words/en.json' with { type: 'json' };
import type { WordKey, Words } from '../words/words.ts';

/** What happened, in words. An event of another version is shown by its name. */
export const eventText = (words: Words, event: string): string =>
  Object.hasOwn(english.events, event) ? words.text(`events.${event}` as WordKey) : event;

/** What the actor was signed in with, in words. */
export const viaText = (words: Words, via: string): string =>
  Object.hasOwn(english.via, via) ? words.text(`via.${via}` as WordKey) : via;

/** What somebody was told who was refused; undefined for what is no code of a refusal. */
export const answerText = (words: Words, outcome: string): string | undefined =>
  Object.hasOwn(errorTable, outcome) && Object.hasOwn(english.errors, outcome)
    ? words.text(`errors.${outcome}` as WordKey)
    : undefined;
