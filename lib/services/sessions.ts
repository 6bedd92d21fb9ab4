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

/** A session in the list of all users'. */
export interface UserSessionView extends SessionView {
  readonly username: string;
}

/** Which sessions to end. */
export interface SessionEnding {
  /** The public id of a session that is not ended. Default: all are ended. */
  readonly keep?: string | undefined;
}

/** Which page of a list of sessions. */
export interface SessionQuery {
  /** 1 to 200. Default: 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

/** `gate.sessions`: where users are signed in. */
export interface Sessions {
  /** A page of the active sessions, newest first. */
  list(username: string, query?: SessionQuery): Promise<Page<SessionView>>;
  /** An active session of the user; undefined when they have none with this id. */
  get(username: string, sessionId: string): Promise<UserSessionView | undefined>;
  /**
   * A page of the active sessions of all users, newest first. It may hold fewer sessions than `limit`, and still have a `next`:
   * those that have just been revoked are left out.
   */
  listAll(query?: SessionQuery): Promise<Page<UserSessionView>>;
  /** About how many sessions all users have, in a time that hardly depends on their number. */
  count(): Promise<number>;
  /** Ends one session. `not_found` when the user has no such session. A session that has ended is ended again: it is told. */
  end(username: string, sessionId: string, by?: Actor): Promise<Result<undefined>>;
  /**
   * Ends all sessions of the user and their access tokens, in one durable write; API tokens remain valid. `sessions` is the number
   * of those that the session store knew.
   */
  endAll(username: string, options?: SessionEnding, by?: Actor): Promise<Result<Readonly<{ sessions: number }>>>;
}
