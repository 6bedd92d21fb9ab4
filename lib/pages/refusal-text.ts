import { errorTable, type Refusal } from '../errors.ts';
import type { Words } from './words/words.ts';

/** What a form says of a refusal: a sentence for the top, and one for each field that is wrong. */
export type RefusalText = Readonly<{ problem: string; problems: Readonly<Record<string, string>> }>;

/** Says how long to wait; `seconds` as in `Retry-After`. */
export function waitingText(words: Words, seconds: number): string {
  if (seconds < 90) return words.text('problems.waitSeconds', { n: Math.max(1, Math.ceil(seconds)) });
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return words.text('problems.waitMinutes', { n: minutes });
  return words.text('problems.waitHours', { n: Math.ceil(minutes / 60) });
}

/** The words of a form for a refusal. */
export function refusalText(words: Words, refusal: Refusal): RefusalText {
  const { code, detail, retryAfter, problems = [] } = refusal;
  if (code === 'rate_limited') {
    const wait = retryAfter === undefined ? words.text('problems.waitUnknown') : waitingText(words, retryAfter);
    return { problem: `${words.text('problems.tooMany')} ${wait}`, problems: {} };
  }
  if (code === 'confirmation_required') {
    const field = words.text('problems.typeYourPassword');
    return { problem: words.text('problems.wrongPassword'), problems: { current_password: field } };
  }
  const ofFields = Object.fromEntries(problems.map(({ field, message }) => [field, fieldText(words, message)]));
  const problem = problems.length > 0 ? words.text('problems.fields') : (detail ?? errorTable[code].title);
  return { problem, problems: ofFields };
}

const fieldText = (words: Words, message: string): string => words.text('problems.field', { message });
