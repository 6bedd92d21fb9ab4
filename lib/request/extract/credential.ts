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
  | Readonly<{ kind: 'malformed'; detail: string }>
  | Readonly<{
      kind: 'credentials';
      /** Ours, at most one of the cookie and one of `Authorization`. */
      credentials: readonly Credential[];
      /** An `Authorization` header that is none of ours. */
      foreign: boolean;
    }>;
