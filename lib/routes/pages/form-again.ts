import { type ErrorCode, errorTable, type Refusal, type Result } from '../../errors.ts';
import { type RefusalText, refusalText } from '../../pages/refusal-text.ts';
import type { Answer } from '../../request/respond/write.ts';
import { html, retryAfter } from '../reply.ts';
import type { CallContext } from '../route.ts';
import { wordsFor } from './page.ts';

/** Refusals that a form shows. Others get the error page. */
const shownOnForm: ReadonlySet<ErrorCode> = new Set([
  'confirmation_required',
  'rate_limited',
  'validation_failed',
  'conflict',
  'insufficient_role',
]);

/** Shows a form that was refused again: `again` renders it. A refusal that no form shows stays one. */
export async function formAgain(
  call: CallContext,
  refusal: Refusal,
  again: (text: RefusalText) => string | Promise<string>,
): Promise<Result<Answer>> {
  if (!shownOnForm.has(refusal.code)) return { ok: false, refusal };
  const page = await again(refusalText(wordsFor(call), refusal));
  return html(errorTable[refusal.code].status, page, retryAfter(refusal));
}
