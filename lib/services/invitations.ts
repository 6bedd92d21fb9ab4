import type { Result } from '../errors.ts';
import type { Page } from '../stores/records/page.ts';
import type { Actor } from '../types.ts';

/** An invitation as admins and operators see it; never the code, nor its hash. */
export interface InvitationView {
  /** Not a credential. */
  readonly id: string;
  /** The role of who uses it, if the inviter may still give it. */
  readonly role: string;
  /** How many may use it. */
  readonly uses: number;
  /** How many have used it. */
  readonly used: number;
  /** Username of who made it, `client:ID` for a client, '' for the program itself. */
  readonly invitedBy: string;
  /** Whether its inviter may still invite, and what it was made with has not ended. `used` and `expiresAt` are apart. */
  readonly active: boolean;
  readonly note?: string | undefined;
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** An invitation to create. */
export interface NewInvitation {
  /** Default: `DEFAULT_ROLE`. */
  readonly role?: string | undefined;
  /** How many people may use it, 1 to 100. Default: 1. */
  readonly uses?: number | undefined;
  /** Milliseconds since the epoch. At most 90 days from now; default: in 7 days, or when the token that creates it expires. */
  readonly expiresAt?: number | undefined;
  /** Up to 200 characters for those who see the list, such as whom it is for. */
  readonly note?: string | undefined;
}

/** A new invitation. `code` is returned only here: the store has its hash. */
export interface IssuedInvitation {
  readonly code: string;
  readonly view: InvitationView;
}

/** Which page of the list of invitations. */
export interface InvitationQuery {
  /** 1 to 200. Default: 50. */
  readonly limit?: number | undefined;
  /** `next` of the previous page. Default: the first page. */
  readonly cursor?: string | undefined;
}

/**
 * `gate.invitations`: codes with which people sign themselves up. Admins invite for any role, operators for roles below their
 * own. An invitation is void once its inviter is not active, was deleted or got a lower role, and when an API token or client ends
 * that it was made with.
 */
export interface Invitations {
  /**
   * Creates an invitation. `validation_failed` with the fields' problems; `insufficient_role` for a role that the actor may not
   * invite for, and for a minted access token; `token_revoked` when the actor's credential ended meanwhile; `conflict` when it would
   * come from more than 8 credentials; `rate_limited` after 300 in an hour (no limit for the program itself).
   */
  create(invitation: NewInvitation, by?: Actor): Promise<Result<IssuedInvitation>>;
  /** `undefined` for one that was withdrawn, whose inviter was deleted, or that the actor cannot see. */
  get(id: string, by?: Actor): Promise<InvitationView | undefined>;
  /**
   * The newest first, those that expired within the last day included. An operator sees those for roles below their own, so that a
   * page may hold fewer than `limit` though others follow.
   */
  list(query?: InvitationQuery, by?: Actor): Promise<Page<InvitationView>>;
  /**
   * Withdraws an invitation: it cannot be used any more. Accounts that were made with it stay. Repeating it succeeds. `not_found`
   * for one that the actor cannot see.
   */
  revoke(id: string, by?: Actor): Promise<Result<undefined>>;
}
