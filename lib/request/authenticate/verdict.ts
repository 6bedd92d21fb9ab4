import type { ErrorCode } from '../../errors.ts';
import type { Principal } from '../../types.ts';

/** What one credential turned out to be. `nobody`: it is good, and names no user (a visitor's session). */
export type Verdict =
  | Readonly<{ is: 'principal'; principal: Principal }>
  | Readonly<{ is: 'nobody' }>
  | Readonly<{ is: 'bad'; code: ErrorCode }>;

export const bad = (code: ErrorCode): Verdict => ({ is: 'bad', code });
export const good = (principal: Principal): Verdict => ({ is: 'principal', principal });
