/** What a request presents, as strings: nothing is believed yet. */
export type Credential =
  /** The value of the session cookie, URL-decoded, still signed; `others`: further values that came under its name. */
  | Readonly<{ kind: 'session'; cookie: string; others?: readonly string[] }>
  /** Begins with `gwt_`; its checksum is verified later. `basic`: it came as the password of a Basic credential. */
  | Readonly<{ kind: 'api-token'; token: string; basic?: true }>
  /** A JWT that claims to be ours, or on our own routes anything else that came as a Bearer. */
  | Readonly<{ kind: 'access-token'; token: string }>;

/** What `extract` found in a request. */
export type Extracted =
  | Readonly<{ kind: 'malformed'; detail: string }>
  | Readonly<{
      kind: 'credentials';
      /** Ours: at most one each of the cookie, `Authorization` and `X-Gatewarden-Token`. */
      credentials: readonly Credential[];
      /** An `Authorization` header that is none of ours. */
      foreign: boolean;
    }>;
