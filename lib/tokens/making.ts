import { ok, type Result, refused } from '../errors.ts';
import { clientIsValid, endOfClient, standingOfClient } from '../services/makers.ts';
import { faultOfToken, standingOfToken } from '../services/standing.ts';
import { apiTokenKind } from '../stores/records/kinds/api-token.ts';
import { clientKind } from '../stores/records/kinds/client.ts';
import type { Records } from '../stores/records/records.ts';
import type { SessionStore } from '../stores/sessions.ts';
import type { Actor, Principal } from '../types.ts';
import { mostMakers } from './api-token-rules.ts';

/** What a new token or client inherits from the credential that it is made with. */
export type Inheritance = Readonly<{
  /** The API tokens and clients that it comes from, the first one first: it ends with each of them. */
  makers?: readonly string[] | undefined;
  /** The owner of the API tokens among the makers. */
  userId?: string | undefined;
  /** The latest time at which it may end, in milliseconds since the epoch; `undefined`: it has a life of its own. */
  until?: number | undefined;
}>;

type Dependencies = Readonly<{
  records: Records;
  sessions: Pick<SessionStore, 'find'>;
  isFresh: (principal: Principal) => Promise<boolean>;
  clock: () => number;
}>;

const ownLife: Inheritance = Object.freeze({});

function lineOf(makers: readonly string[], more: Inheritance): Result<Inheritance> {
  if (makers.length <= mostMakers) return ok({ ...more, makers });
  return refused('conflict', {
    detail: `It would come from more than ${mostMakers} tokens and clients, each made by the other.`,
  });
}

/**
 * Returns a function that reads what a token or client inherits that this actor makes. Refuses `insufficient_role` for a minted token,
 * which makes nothing, `conflict` for a line that is too long, `token_revoked` and `token_expired` for a maker that ended.
 */
export function inheritance({ records, sessions, isFresh, clock }: Dependencies) {
  async function fromApiToken(tokenId: string): Promise<Result<Inheritance>> {
    const token = await records.get(apiTokenKind, tokenId);
    const standing = token && (await standingOfToken(records, token));
    const fault = faultOfToken(token, standing, clock());
    if (token === undefined || fault !== undefined) return refused(fault ?? 'invalid_token');
    return lineOf([...(token.makers ?? []), token.id], { userId: token.userId, until: token.expiresAt });
  }

  async function fromClient(id: string): Promise<Result<Inheritance>> {
    const client = await records.get(clientKind, id);
    if (client === undefined) return refused('token_revoked');
    const standing = await standingOfClient(records, client);
    if (!clientIsValid(client, standing, clock())) return refused('token_revoked');
    const end = endOfClient(client, standing);
    const until = Number.isFinite(end) ? end : undefined;
    return lineOf([...(client.makers ?? []), client.id], { userId: client.userId, until });
  }

  async function fromAccessToken(principal: Principal, confirmed: boolean): Promise<Result<Inheritance>> {
    const session = await sessions.find(principal.sessionId ?? '', clock());
    if (session === undefined) return refused('token_revoked');
    if (session.method === 'minted') return refused('insufficient_role', { detail: 'A minted token makes no tokens.' });
    if (confirmed || (await isFresh(principal))) return ok(ownLife);
    return ok({ until: principal.expiresAt ?? session.expiresAt });
  }

  return async function inheritedFrom(by: Actor | undefined): Promise<Result<Inheritance>> {
    const { kind, id, via, tokenId } = by?.principal ?? {};
    if (kind === 'client' && id !== undefined) return fromClient(id);
    if (by === undefined || (via !== 'api-token' && via !== 'access-token')) return ok(ownLife);
    return via === 'api-token' ? fromApiToken(tokenId ?? '') : fromAccessToken(by.principal, by.confirmed === true);
  };
}
