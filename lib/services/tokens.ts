import type { Result } from '../errors.ts';
import type { Page } from '../stores/records/page.ts';
import type { Actor } from '../types.ts';

/** An API token as its owner sees it; never the token, nor its hash. */
export interface ApiTokenView {
  /** `Principal.tokenId`; no handle. */
  readonly id: string;
  /** Unique among the tokens of its owner. */
  readonly name: string;
  /** At most this role; undefined: the owner's. */
  readonly role?: string | undefined;
  /** Only these scopes; undefined: all of the owner's. */
  readonly scopes?: readonly string[] | undefined;
  readonly createdAt: number;
  /** Up to a minute old. */
  readonly lastUsedAt?: number | undefined;
  readonly expiresAt?: number | undefined;
}

export interface NewApiToken {
  /** 1 to 64 letters, digits, spaces or any of `. _ : @ + -`. */
  readonly name: string;
  /** Default: the owner's, or that of the token which makes this one. */
  readonly role?: string | undefined;
  /** Default: all of the owner's, or those of the token which makes this one. */
  readonly scopes?: readonly string[] | undefined;
  /** Default: never, or when the token which makes this one does. */
  readonly expiresAt?: number | undefined;
}

/** A new token. `token` is shown this once: only its hash is kept. */
export interface IssuedApiToken {
  readonly token: string;
  readonly view: ApiTokenView;
}

/** `gate.tokens`: API tokens (`gwt_…`). */
export interface ApiTokens {
  /**
   * What a token makes holds at most that token's role, scopes and expiry, and dies with it. `not_found`, `conflict` for a
   * name that is taken, `validation_failed` for an undeclared scope or more than owner and maker hold, `rate_limited` for
   * more than 300 in an hour (but for the program itself).
   */
  create(username: string, token: NewApiToken, by?: Actor): Promise<Result<IssuedApiToken>>;
  /** By name; all on one page. */
  list(username: string): Promise<Page<ApiTokenView>>;
  /** What the token made goes too. `not_found` when the user has no token of that name. */
  revoke(username: string, name: string, by?: Actor): Promise<Result<undefined>>;
}
