import type { IncomingMessage } from 'node:http';
import type { ErrorCode, Refusal } from './errors.ts';

/** How a principal came to be known. */
export type Via = 'none' | 'session' | 'api-token' | 'access-token' | 'auto-login' | 'assertion' | 'command';

/**
 * Who makes a request: exactly one per request, frozen.
 * - `id` is stable for ever (`user` records' id, `client:<id>`), `name` is the username, '' when anonymous;
 * - `role` is the effective role: the lower of the owner's and the credential's;
 * - `scopes` are those effectively held, in full: a session lists every scope that its role may hold;
 * - `sessionId` is the public id of the session (not the cookie), `tokenId` that of the API token;
 * - `expiresAt` is in milliseconds since the epoch.
 */
export type Principal = Readonly<{
  kind: 'anonymous' | 'user' | 'client';
  id: string;
  name: string;
  displayName?: string | undefined;
  email?: string | undefined;
  role: string;
  scopes: readonly string[];
  via: Via;
  sessionId?: string | undefined;
  tokenId?: string | undefined;
  expiresAt?: number | undefined;
}>;

/** The rungs by which our own calls name roles; a custom ladder says which of its names each of them is. */
export type Rung = 'anony' | 'viewer' | 'user' | 'operator' | 'admin';

/** The ladder of roles, lowest first. Checks compare positions, never names. */
export interface Ladder {
  readonly names: readonly string[];
  /** Position of a role, 0 (`anony`) for one that the ladder does not know. */
  position(role: string): number;
  /** True when the ladder has this very name. */
  has(role: string): boolean;
  /** True when `role` stands at or above `required`. An unknown `required` throws: a rule must not fall open. */
  atLeast(role: string, required: string): boolean;
  /** The lower of two roles; an unknown one counts as the lowest. */
  lower(a: string, b: string): string;
  /** The name that this ladder gives to one of our own rungs. */
  rung(rung: Rung): string;
}

/** The scopes that may be held: ours (`gatewarden:*`) and the application's, each with the least role for it. */
export interface ScopeTable {
  readonly names: readonly string[];
  has(scope: string): boolean;
  /** The scopes that a role may hold, in table order. Cached per role, frozen. */
  heldBy(role: string): readonly string[];
  /** What is left of `scopes` for a role: those that the table knows and the role may hold. */
  narrow(scopes: readonly string[], role: string): readonly string[];
}

/** What a request presents, as strings: nothing is believed yet. */
export type Credential =
  /** The raw value of the session cookie, URL-decoded, still signed. */
  | Readonly<{ kind: 'session'; cookie: string }>
  /** Begins with `gwt_`; its checksum is looked at later. */
  | Readonly<{ kind: 'api-token'; token: string }>
  /** A JWT that claims to be ours, or on our own routes anything else that came as a Bearer. */
  | Readonly<{ kind: 'access-token'; token: string }>;

/** What `extract` found in a request. */
export type Extracted =
  | Readonly<{ is: 'malformed'; detail: string }>
  | Readonly<{
      is: 'credentials';
      /** Ours, at most one of the cookie and one of `Authorization`. */
      credentials: readonly Credential[];
      /** An `Authorization` header that is none of ours. */
      foreign: boolean;
    }>;

/** What became of the credentials of a request. */
export type Outcome =
  | Readonly<{ is: 'principal'; principal: Principal }>
  /** No credential of ours was presented, and auto-login does not apply. */
  | Readonly<{ is: 'nobody' }>
  | Readonly<{
      is: 'refused';
      refusal: Refusal;
      /** Only the cookie was at fault. */
      cookieOnly: boolean;
      /** Then: who the credential beside it is good for. It counts where a dead cookie counts as absent. */
      beside?: Principal | undefined;
    }>;

/** A parsed rule of section 7 of the contract. */
export type Rule = Readonly<{
  /** 1-based line in the rules text, for `explain` and messages. */
  line: number;
  /** As written, one space between the words. */
  text: string;
  /** Name of the role required; the ladder's first for `public`. */
  role: string;
  public: boolean;
  methods: ReadonlySet<string> | 'read' | 'write' | '*';
  pattern: string;
  scope?: string | undefined;
  networks?: readonly string[] | undefined;
  /** From this role on the request passes; below it, it would need an approval. */
  approve?: string | undefined;
}>;

/** Where a request really comes from and where it was sent, after trusted proxies have been believed or not. */
export type Origin = Readonly<{
  /** The client's address, IPv4-mapped addresses unwrapped. */
  address: string;
  /** Socket peer, unwrapped. */
  peer: string;
  /** The peer is one of `TRUSTED_PROXIES`. */
  trusted: boolean;
  /** A header that proxies send was present (`Forwarded`, `X-Forwarded-*`, `X-Real-IP`, `Via`, `CF-*`). */
  forwarded: boolean;
  proto: 'http' | 'https';
  /** As sent (or as forwarded by a trusted proxy), port included. */
  host: string;
  /** Lower case, no port, no trailing dot, no brackets. */
  hostname: string;
}>;

/** Who did something, for the audit log. */
export type Actor = Readonly<{ principal: Principal; address?: string | undefined; agent?: string | undefined }>;

/** Why a request was or was not authenticated and allowed, without a secret in it. */
export type Explanation = Readonly<{
  presented: readonly string[];
  outcome: 'principal' | 'nobody' | ErrorCode;
  principal: Principal;
  rule?: string | undefined;
  reason: string;
}>;

/** The decision on one request. */
export type Decision =
  | Readonly<{
      allow: true;
      principal: Principal;
      rule?: Rule | undefined;
      origin: Origin;
      /** The `Authorization` header is the upstream's business: pass it on. */
      passAuthorization: boolean;
      /** The session cookie names nothing that lives: tell the browser to drop it. */
      clearCookie: boolean;
    }>
  | Readonly<{
      allow: false;
      principal: Principal;
      refusal: Refusal;
      rule?: Rule | undefined;
      origin?: Origin | undefined;
      clearCookie: boolean;
      /** Answer a navigation with a 303 to the very same target instead of the refusal (a dead cookie under auto-login). */
      retry: boolean;
    }>;

/** An answer that is ready to be written: by `node:http`, by Express, or by a forward-auth endpoint. */
export type Answer = Readonly<{ status: number; headers: Readonly<Record<string, string | string[]>>; body: string }>;

/** Anything that carries a request in Node: the request path needs no more. */
export type Incoming = IncomingMessage;
