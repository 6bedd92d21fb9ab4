/** Small facts about the whole installation: its id, the check value of `SECRET_KEY`. */
export interface FactStore {
  get(name: string): Promise<string | undefined>;
  /** Writes it where it is not there yet; what is there now. */
  putIfAbsent(name: string, value: string): Promise<string>;
  put(name: string, value: string): Promise<void>;
}

/** A fact about the whole installation, by its name. */
export interface FactRecord {
  readonly name: string;
  readonly value: string;
}
