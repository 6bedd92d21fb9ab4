import type { Result } from '../errors.ts';
import type { Page } from '../stores/records/page.ts';
import type { Actor } from '../types.ts';

/** A session as its owner sees it. */
export interface SessionView {
  /** The public id, `Principal.sessionId`: a digest, which is not a credential. */
  readonly id: string;
  /** `browser`: a cookie. `api`: access and refresh tokens. */
  readonly kind: 'browser' | 'api';
  /** How the user signed in: `password`, `setup`, `login` (`req.login`), `minted`. */
  readonly method: string;
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number;
  readonly lastSeenAt: number;
  /** When it ends, however much it is used. */
  readonly expiresAt: number;
  readonly address?: string | undefined;
  readonly agent?: string | undefined;
}

/** Which sessions to end. */
export interface SessionEnding {
  /** The public id of a session that is not ended. Default: all are ended. */
  readonly keep?: string | undefined;
}

/** `gate.sessions`: where users are signed in. */
export interface Sessions {
  /** The active sessions, newest first, all on one page. */
  list(username: string): Promise<Page<SessionView>>;
  /** Ends one session. `not_found` when the user has no such session. */
  end(username: string, sessionId: string, by?: Actor): Promise<Result<undefined>>;
  /** Ends all sessions of the user; API tokens remain valid. `sessions` is the number that ended. */
  endAll(username: string, options?: SessionEnding, by?: Actor): Promise<Result<Readonly<{ sessions: number }>>>;
}
