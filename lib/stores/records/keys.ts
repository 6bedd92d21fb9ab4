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
  /** Adds a key if the newest is still `newest` (undefined: none): of 100 at once, one is added. */
  add(key: KeyRecord, newest: string | undefined): Promise<boolean>;
  remove(kid: string): Promise<void>;
}
