/** Named values of the whole installation, such as its id and the check value of `SECRET_KEY`. */
export interface FactStore {
  get(name: string): Promise<string | undefined>;
  /** Writes the value if there is none; returns the stored one. */
  putIfAbsent(name: string, value: string): Promise<string>;
  put(name: string, value: string): Promise<void>;
}

/** A named value of the whole installation. */
export interface FactRecord {
  readonly name: string;
  readonly value: string;
}
