import { type ErrorCode, errorTable, type Refusal } from '../errors.ts';
import { type Frame, inFrame } from './frame.ts';

/** The error page of a refusal: what is wrong, its code, and a link to the sign-in page when signing in would help. */
export function errorPage(refusal: Refusal, frame: Frame): string {
  const { status, title } = errorTable[refusal.code];
  const lines = [refusal.detail, waiting(refusal.retryAfter)].filter((line) => line !== undefined);
  return inFrame('@message', frame, {
    heading: refusal.applied ? 'The change is made.' : title,
    lines,
    link: wayOn(refusal.code, frame),
    status,
    code: refusal.code,
  });
}

function wayOn(code: ErrorCode, frame: Frame): { href: string; text: string } | undefined {
  if (errorTable[code].status === 401) return { href: `${frame.prefix}/login`, text: 'Sign in' };
  if (code === 'insufficient_role') return { href: `${frame.prefix}/account`, text: 'Your account' };
  return undefined;
}

/** Says how long to wait; `seconds` as in `Retry-After`. */
export function waiting(seconds: number | undefined): string | undefined {
  if (seconds === undefined) return undefined;
  if (seconds < 90) return `Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `Try again in ${minutes} minutes.` : `Try again in ${Math.ceil(minutes / 60)} hours.`;
}
