import type { WordKey } from '../../../pages/words/words.ts';
import type { CallContext } from '../../route.ts';
import { wordsFor } from '../page.ts';

/** The notice after a redirect from a form: `notices` has the words by the value of `done`. */
export function noticeOf(
  call: CallContext,
  notices: Readonly<Record<string, WordKey>>,
  done: string | undefined,
): string | undefined {
  const key = done !== undefined && Object.hasOwn(notices, done) ? notices[done] : undefined;
  return key && wordsFor(call).text(key);
}
