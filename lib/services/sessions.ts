import type { Result } from '../errors.ts';
import type { Page } from '../stores/records/page.ts';
import type { Actor } from '../types.ts';

/** A session as its owner sees it. */
export interface SessionView {
  /** The public id, `Principal.sessionId`: a digest, which opens nothing. */
  readonly id: string;
  /** `browser`: a cookie. `api`: access and refresh tokens. */
  readonly kind: 'browser' | 'api';
  /** How it began: `password`, `setup`, `login` (`req.login`), `minted`. */
  readonly method: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  /** The absolute end. */
  readonly expiresAt: number;
  readonly address?: string | undefined;
  readonly agent?: string | undefined;
}

export interface SessionEnding {
  /** The public id of a session that goes on. */
  readonly keep?: string | undefined;
}

/** `gate.sessions`: where users are signed in. */
export interface Sessions {
  /** Those alive, newest first; all on one page. */
  list(username: string): Promise<Page<SessionView>>;
  /** Signs the user out there. `not_found` when the user has no such session. */
  end(username: string, sessionId: string, by?: Actor): Promise<Result<undefined>>;
  /** Signs the user out everywhere; API tokens go on. `sessions` is how many ended. */
  endAll(username: string, options?: SessionEnding, by?: Actor): Promise<Result<Readonly<{ sessions: number }>>>;
}
