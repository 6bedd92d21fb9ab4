import type { Result } from '../errors.ts';
import type { Page } from '../stores/records/page.ts';
import type { Actor } from '../types.ts';

/** An application client, without its secrets. */
export interface ClientView {
  /** What it signs in with beside its secret. `Principal.id` and `name` are `client:` and this. */
  readonly clientId: string;
  readonly name: string;
  readonly role: string;
  readonly scopes: readonly string[];
  /** Whether it is accepted: not deactivated, and what it was created with has not ended. `expiresAt` is apart. */
  readonly active: boolean;
  /** When each valid secret was made, the newest first; two at most. */
  readonly secrets: readonly Readonly<{ createdAt: number }>[];
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The last time that it got an access token, accurate to a minute. */
  readonly lastUsedAt?: number | undefined;
  readonly expiresAt?: number | undefined;
}

/** A client to create. */
export interface NewClient {
  /** 1 to 63 of `a-z 0-9 . _ -`, beginning with a letter or digit. Default: a random one. */
  readonly clientId?: string | undefined;
  /** What people call it: 1 to 128 characters. */
  readonly name: string;
  /** Default: the ladder's name for `viewer`. */
  readonly role?: string | undefined;
  /** Default: none. */
  readonly scopes?: readonly string[] | undefined;
  /** Milliseconds since the epoch. Default: never, or when the credential that creates it expires. */
  readonly expiresAt?: number | undefined;
}

/** Fields to change. A field that is absent stays as it is. */
export interface ClientEdit {
  readonly name?: string | undefined;
  readonly role?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** Deactivation ends its access tokens, and what it minted for users. */
  readonly active?: boolean | undefined;
  /** Ends its access tokens and what it minted for users. Default: false. */
  readonly endTokens?: boolean | undefined;
  /** Ends all secrets but the newest. What was issued for them stays, unless `endTokens` ends it. Default: false. */
  readonly endOlderSecrets?: boolean | undefined;
}

/** A client with a new secret. `secret` is returned only here: the store has its hash. */
export interface IssuedClient {
  readonly secret: string;
  readonly view: ClientView;
}

/** Which clients to list. */
export interface ClientQuery {
  /** 1 to 200. Default: 50. */
  readonly limit?: number | undefined;
  /** `next` of the previous page. Default: the first page. */
  readonly cursor?: string | undefined;
}

/**
 * `gate.clients`: application identities, which sign in with their id and a secret. An actor can neither grant a role or
 * scopes beyond their own nor change a client above them (`insufficient_role`). What an API token or a client creates holds
 * at most its role, scopes and expiry, and ends with it. Every change is recorded in the audit log and takes effect on
 * access tokens and open sockets.
 */
export interface Clients {
  /**
   * `validation_failed` with the fields' problems; `conflict` for an id that is taken or was deleted, and when it would come
   * from more than 8 tokens and clients, each made by the other; `insufficient_role` for a minted access token;
   * `token_revoked` when the creator ended meanwhile.
   */
  create(client: NewClient, by?: Actor): Promise<Result<IssuedClient>>;
  get(clientId: string): Promise<ClientView | undefined>;
  /** By id, ascending. */
  list(query?: ClientQuery): Promise<Page<ClientView>>;
  /** `not_found`, `validation_failed`, `insufficient_role`. */
  edit(clientId: string, edit: ClientEdit, by?: Actor): Promise<Result<ClientView>>;
  /** Deletes the client. Its id is not given again. Deleting one that was deleted within the last day succeeds. */
  remove(clientId: string, by?: Actor): Promise<Result<undefined>>;
  /**
   * Adds a secret. At most two are valid: the older one of two ends when a third is added. `endOthers` ends all others, the
   * access tokens that were issued before, and what the client minted for users. An API token, a client, and an access token
   * whose sign-in is not fresh add secrets only to a client that ends with them (`insufficient_role`).
   */
  addSecret(
    clientId: string,
    wish?: Readonly<{ endOthers?: boolean | undefined }>,
    by?: Actor,
  ): Promise<Result<IssuedClient>>;
}
