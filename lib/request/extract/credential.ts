/** A credential as the request presents it; nothing is verified yet. */
export type Credential =
  /** The value of the session cookie, URL-decoded, still signed; `others`: further values of the same name. */
  | Readonly<{ kind: 'session'; cookie: string; others?: readonly string[] }>
  /** Begins with `gwt_`; its checksum is verified later. `basic`: it came as the password of a Basic credential. */
  | Readonly<{ kind: 'api-token'; token: string; basic?: true }>
  /** A JWT that names Gatewarden as its issuer; on Gatewarden's own routes any other Bearer token. */
  | Readonly<{ kind: 'access-token'; token: string }>;

/** The credentials of a request, as `extract` returns them. */
export type Extracted =
  | Readonly<{ kind: 'malformed'; detail: string }>
  | Readonly<{
      kind: 'credentials';
      /** Gatewarden's: at most one each of the cookie, `Authorization` and `X-Gatewarden-Token`. */
      credentials: readonly Credential[];
      /** Whether there is an `Authorization` header for the upstream. */
      foreign: boolean;
    }>;
