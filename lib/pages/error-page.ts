import { type ErrorCode, errorTable, type Refusal } from '../errors.ts';
import type { Principal } from '../types.ts';
import { type Frame, inFrame } from './frame.ts';
import { detailText, waitingText } from './refusal-text.ts';
import type { WordKey } from './words/words.ts';

/** What an error page says besides the refusal. */
export type ErrorContext = Readonly<{
  /** The id by which the request is found in the log. */
  requestId: string;
  /** Who made the request, if that is known. */
  principal?: Principal | undefined;
  /** The checked path of the request, if it may be made again by a link. */
  back?: string | undefined;
}>;

type Line = Readonly<{ text: string; lang?: string | undefined }>;
type Link = Readonly<{ href: string; text: string }>;
type Fact = Readonly<{ label: string; value: string }>;

/** Sentences that say what one can do. */
const advice: Partial<Record<ErrorCode, WordKey>> = {
  insufficient_role: 'errors.askForRole',
  csrf_rejected: 'errors.openItself',
  not_found: 'errors.mistyped',
  method_not_allowed: 'errors.forPrograms',
  misdirected_host: 'errors.askForHost',
  ambiguous_path: 'errors.typeAnew',
  store_unavailable: 'errors.nothingPasses',
  upstream_unreachable: 'errors.behindUs',
  upstream_timeout: 'errors.behindUs',
  upstream_busy: 'errors.behindUs',
  upstream_invalid: 'errors.behindUs',
  loop_detected: 'errors.askOperator',
};

/** The error page of a refusal: what is wrong, who one is and what is needed, the way on, and the id to quote. Reads no store. */
export function errorPage(refusal: Refusal, frame: Frame, context: ErrorContext): string {
  const { status } = errorTable[refusal.code];
  return inFrame('@error', frame, {
    heading: frame.words.text(refusal.applied ? 'errors.applied' : `errors.${refusal.code}`),
    lines: linesOf(refusal, frame),
    facts: factsOf(refusal, frame, context),
    links: waysOn(refusal, frame, context),
    status,
    code: refusal.code,
    requestId: context.requestId,
  });
}

/** The page of an unexpected error, of which nothing is told but the id of the request. */
export const brokenPage = (frame: Frame, requestId: string): string =>
  inFrame('@error', frame, {
    heading: frame.words.text('errors.broken'),
    lines: [{ text: frame.words.text('errors.brokenMore') }],
    ...{ facts: [], links: [], status: 500, code: undefined, requestId },
  });

function linesOf(refusal: Refusal, { words }: Frame): readonly Line[] {
  const { code, applied, detail, retryAfter } = refusal;
  if (applied) return [{ text: words.text('errors.appliedMore') }];
  // The detail names the address that does answer.
  const known = code === 'misdirected_host' && detail !== undefined ? undefined : advice[code];
  const lines = [
    detailLine(refusal, words),
    known === undefined ? undefined : { text: words.text(known) },
    retryAfter === undefined ? undefined : { text: waitingText(words, retryAfter) },
  ];
  return lines.filter((line) => line !== undefined);
}

/** A `detail` without a translation is shown as it is, which a screen reader must know. */
function detailLine({ detail, role, scope }: Refusal, words: Frame['words']): Line | undefined {
  // The facts say it.
  if (detail === undefined || role !== undefined || scope !== undefined) return undefined;
  const text = detailText(words, detail);
  return { text, lang: text === detail && words.language !== 'en' ? 'en' : undefined };
}

/** Whether one is somebody whose role or scopes do not suffice. */
const isTooLow = ({ code }: Refusal): boolean =>
  code === 'insufficient_role' || code === 'insufficient_scope' || code === 'approval_unavailable';

function factsOf(refusal: Refusal, { words }: Frame, { principal }: ErrorContext): readonly Fact[] {
  if (!isTooLow(refusal) || principal === undefined || principal.kind === 'anonymous') return [];
  const facts: readonly (readonly [WordKey, string | undefined])[] = [
    [principal.via === 'auto-login' ? 'errors.actingAs' : 'errors.signedInAs', principal.name],
    ['errors.yourRole', principal.role],
    ['errors.neededRole', refusal.role],
    ['errors.neededScope', refusal.scope],
  ];
  return facts.flatMap(([key, value]) => (value === undefined ? [] : [{ label: words.text(key), value }]));
}

/** Refusals that pass by themselves. */
const passing: ReadonlySet<ErrorCode> = new Set([
  ...(['rate_limited', 'store_unavailable', 'upstream_unreachable'] as const),
  ...(['upstream_timeout', 'upstream_busy', 'upstream_invalid'] as const),
]);

function waysOn(refusal: Refusal, { prefix, words }: Frame, { principal, back }: ErrorContext): readonly Link[] {
  const { code } = refusal;
  const next = back === undefined ? '' : `?next=${encodeURIComponent(back)}`;
  const signIn = { href: `${prefix}/login${next}`, text: words.text('errors.signIn') };
  if (errorTable[code].status === 401) return [signIn];
  if (passing.has(code)) return back === undefined ? [] : [{ href: back, text: words.text('errors.again') }];
  if (code === 'not_found') return [{ href: '/', text: words.text('errors.start') }];
  if (!isTooLow(refusal)) return [];
  if (principal?.via === 'auto-login') return [signIn];
  const account = { href: `${prefix}/account`, text: words.text('errors.account') };
  if (principal?.via !== 'session') return [account];
  return [account, { href: `${prefix}/logout${next}`, text: words.text('errors.other') }];
}
