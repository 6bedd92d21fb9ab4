import type { Result } from '../errors.ts';
import type { Page } from '../stores/records/page.ts';
import type { Actor } from '../types.ts';

/** An API token as its owner sees it; never the token, nor its hash. */
export interface ApiTokenView {
  /** `Principal.tokenId`. Not a handle: `revoke` takes the name. */
  readonly id: string;
  /** Unique among the tokens of its owner. */
  readonly name: string;
  /** The most that the token may do; undefined: the owner's role. */
  readonly role?: string | undefined;
  /** Only these scopes; undefined: all of the owner's. */
  readonly scopes?: readonly string[] | undefined;
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number;
  /** Accurate to a minute. */
  readonly lastUsedAt?: number | undefined;
  readonly expiresAt?: number | undefined;
}

/** An API token to create. */
export interface NewApiToken {
  /** 1 to 64 letters, digits, spaces or any of `. _ : @ + -`. */
  readonly name: string;
  /** Default: the owner's role, or that of the token that creates this one. */
  readonly role?: string | undefined;
  /** Default: all of the owner's, or those of the token that creates this one. */
  readonly scopes?: readonly string[] | undefined;
  /** Milliseconds since the epoch. Default: never, or when the token that creates this one expires. */
  readonly expiresAt?: number | undefined;
}

/** A new token. `token` is returned only here: the store has its hash. */
export interface IssuedApiToken {
  readonly token: string;
  readonly view: ApiTokenView;
}

/** `gate.tokens`: API tokens (`gwt_…`). */
export interface ApiTokens {
  /**
   * Creates a token. One that is created by an API token has at most that token's role, scopes and expiry, and is revoked
   * with it. One that is created by an access token ends with it, unless the person typed their password within
   * `CONFIRM_WITHIN` or for this call (`by.confirmed`). `not_found`; `conflict` for a name that is taken, beyond 200 tokens,
   * and when it would come from more than 8 tokens, each made by the other; `validation_failed` for an undeclared scope, or a
   * role, scope or expiry beyond those of the owner or the creator; `insufficient_role` for a minted access token;
   * `token_revoked` when the creator ended meanwhile; `rate_limited` after 300 in an hour (no limit for the program itself).
   */
  create(username: string, token: NewApiToken, by?: Actor): Promise<Result<IssuedApiToken>>;
  /** The user's tokens by name, all on one page. */
  list(username: string): Promise<Page<ApiTokenView>>;
  /**
   * Revokes a token and those that it created. A repetition within a day tells again, and succeeds. `not_found` when the user
   * has and had no token of that name. Rejects with `NotToldError` when it is revoked, but not every instance could be told.
   */
  revoke(username: string, name: string, by?: Actor): Promise<Result<undefined>>;
}
