import type { ErrorCode } from '../../errors.ts';
import type { Principal } from '../../types.ts';

export type Bad = Readonly<{
  kind: 'bad';
  code: ErrorCode;
  /** The session may continue under a new id: the browser may have the new cookie already, so the answer clears none. */
  keepCookie?: true;
}>;

/** The result of authenticating one credential. `nobody`: a valid credential without a user (a visitor's session). */
export type Verdict = Readonly<{ kind: 'principal'; principal: Principal }> | Readonly<{ kind: 'nobody' }> | Bad;

export const bad = (code: ErrorCode): Bad => ({ kind: 'bad', code });
