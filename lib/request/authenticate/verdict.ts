import type { ErrorCode } from '../../errors.ts';
import type { Principal } from '../../types.ts';

/** The result of authenticating one credential. `nobody`: a valid credential without a user (a visitor's session). */
export type Verdict =
  | Readonly<{ kind: 'principal'; principal: Principal }>
  | Readonly<{ kind: 'nobody' }>
  | Readonly<{ kind: 'bad'; code: ErrorCode }>;

export const bad = (code: ErrorCode): Verdict => ({ kind: 'bad', code });
export const good = (principal: Principal): Verdict => ({ kind: 'principal', principal });
