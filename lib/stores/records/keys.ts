export interface KeyRecord {
  readonly kid: string;
  readonly algorithm: string;
  /** The public JWK, as JSON. */
  readonly publicJwk: string;
  /** The private JWK, sealed with `SECRET_KEY`. */
  readonly sealed: string;
  readonly createdAt: number;
}

export interface KeyStore {
  /** Newest first. */
  list(): Promise<readonly KeyRecord[]>;
  /** Adds a key if the newest stored one is still `newest` (undefined: none). Of 100 concurrent calls one returns true. */
  add(key: KeyRecord, newest: string | undefined): Promise<boolean>;
  remove(kid: string): Promise<void>;
}
