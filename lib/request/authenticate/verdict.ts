import type { ErrorCode } from '../../errors.ts';
import type { Principal } from '../../types.ts';

/** What one credential turned out to be. `nobody`: it is good, and names no user (a visitor's session). */
export type Verdict =
  | Readonly<{ kind: 'principal'; principal: Principal }>
  | Readonly<{ kind: 'nobody' }>
  | Readonly<{ kind: 'bad'; code: ErrorCode }>;

export const bad = (code: ErrorCode): Verdict => ({ kind: 'bad', code });
export const good = (principal: Principal): Verdict => ({ kind: 'principal', principal });
