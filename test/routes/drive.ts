import type { Client } from '../support/http.ts';
import type { Answered, Wish } from './described.ts';
import type { Site } from './site.ts';

/** What a line has to drive its operation with. */
export type Drive = Readonly<{
  site: Site;
  /** Somebody without a credential. */
  stranger: Client;
  /**
   * Sends a request of the operation; fails for an answer that is not described. `current_password` is added to bodies that
   * have it.
   */
  send(wish?: Wish): Promise<Answered>;
  /** Makes a user with the password `password`; gives the name. */
  user(role?: string): Promise<string>;
  /** Makes a user and signs them in by the form. */
  signedIn(role?: string): Promise<Client>;
  /** Makes a client; gives what it signs in with. */
  client(scopes?: readonly string[]): Promise<{ client_id: string; client_secret: string }>;
}>;

/** How an operation is driven to every success that it declares. */
export type Line = (drive: Drive) => Promise<unknown>;
