import type { Refusal } from '../errors.ts';
import english from './words/en.json' with { type: 'json' };
import { translated } from './words/translated.ts';
import type { WordKey, Words } from './words/words.ts';

/** What a form says of a refusal: a sentence for the top, and one for each field that is wrong. */
export type RefusalText = Readonly<{ problem: string; problems: Readonly<Record<string, string>> }>;

/** Says how long to wait; `seconds` as in `Retry-After`. */
export function waitingText(words: Words, seconds: number): string {
  if (seconds < 90) return words.text('problems.waitSeconds', { n: Math.max(1, Math.ceil(seconds)) });
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return words.text('problems.waitMinutes', { n: minutes });
  return words.text('problems.waitHours', { n: Math.ceil(minutes / 60) });
}

/** Says that there were too many attempts, and how long to wait. */
export function tooManyText(words: Words, retryAfter: number | undefined): string {
  const wait = retryAfter === undefined ? words.text('problems.waitUnknown') : waitingText(words, retryAfter);
  return `${words.text('problems.tooMany')} ${wait}`;
}

/** The `detail` of a refusal in the language of the page; as it is when there is no translation. */
export const detailText = (words: Words, detail: string): string => translated(words, 'details', detail) ?? detail;

/** What is wrong with a field, as a sentence. `message` is the end of it, as the services say it. */
export function fieldText(words: Words, field: string, message: string): string {
  const isNamed = Object.hasOwn(english.fields, field);
  const subject = words.text(isNamed ? (`fields.${field}` as WordKey) : 'fields.other');
  const said = translated(words, 'fieldProblems', message) ?? words.text('fieldProblems.wrongForm');
  return words.text('problems.field', { subject, message: said });
}

/** The words of a form for a refusal. */
export function refusalText(words: Words, refusal: Refusal): RefusalText {
  const { code, detail, retryAfter, problems = [] } = refusal;
  if (code === 'rate_limited') return { problem: tooManyText(words, retryAfter), problems: {} };
  if (code === 'confirmation_required') {
    const field = words.text('problems.typeYourPassword');
    return { problem: words.text('problems.wrongPassword'), problems: { current_password: field } };
  }
  const ofFields = problems.map(({ field, message }) => [field, fieldText(words, field, message)] as const);
  const reason = detail === undefined ? words.text(`errors.${code}`) : detailText(words, detail);
  const problem = problems.length > 0 ? words.text('problems.fields') : reason;
  return { problem, problems: Object.fromEntries(ofFields) };
}
