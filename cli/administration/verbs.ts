import type {
  AuditQuery,
  ClientEdit,
  NewClient,
  NewInvitation,
  NewUser,
  UserEdit,
  UserEnding,
  UserQuery,
} from 'gatewarden';
import type { Thing } from '../sheet.ts';

// What the command administers, asked of a server or done in the store itself: with equal answers. A refusal is thrown as a
// `CommandError`. `pageSize`: how many things one page has, 1 to 200; a list has every page.

export interface UserVerbs {
  list(query: Pick<UserQuery, 'q' | 'role' | 'state'> & { pageSize: number }): AsyncIterable<Thing>;
  get(username: string): Promise<Thing>;
  add(user: NewUser): Promise<Thing>;
  edit(username: string, edit: UserEdit): Promise<Thing>;
  remove(username: string): Promise<void>;
  end(username: string, ending: UserEnding): Promise<void>;
}

export interface ClientVerbs {
  list(query: { pageSize: number }): AsyncIterable<Thing>;
  get(clientId: string): Promise<Thing>;
  /** With `client_secret`, which is in no later answer. */
  create(client: NewClient): Promise<Thing>;
  edit(clientId: string, edit: ClientEdit): Promise<Thing>;
  remove(clientId: string): Promise<void>;
  /** The client with its new `client_secret`. */
  addSecret(clientId: string, wish: { endOthers?: boolean | undefined }): Promise<Thing>;
}

export interface InvitationVerbs {
  list(query: { pageSize: number }): AsyncIterable<Thing>;
  /** With `code` and `url`, which are in no later answer; in a store without `PUBLIC_URL` the `url` is `null`. */
  create(invitation: NewInvitation): Promise<Thing>;
  revoke(id: string): Promise<void>;
}

/** A server has the sessions of who is signed in to it, and ends all of an `owner`. The store needs an `owner` for each. */
export interface SessionVerbs {
  list(query: { owner?: string | undefined; pageSize: number }): AsyncIterable<Thing>;
  end(id: string, owner?: string): Promise<void>;
  endAll(owner?: string): Promise<void>;
}

export type AuditFilter = Omit<AuditQuery, 'limit' | 'cursor'>;

export interface AuditVerbs {
  /** Newest first. */
  list(query: AuditFilter & { pageSize: number }): AsyncIterable<Thing>;
}

export interface Administration {
  readonly users: UserVerbs;
  readonly clients: ClientVerbs;
  readonly invitations: InvitationVerbs;
  readonly sessions: SessionVerbs;
  readonly audit: AuditVerbs;
}
