import { ok, type Result, refused } from '../errors.ts';
import { faultOfToken, standingOfToken } from '../services/standing.ts';
import { apiTokenKind } from '../stores/records/kinds/api-token.ts';
import type { Records } from '../stores/records/records.ts';
import type { SessionStore } from '../stores/sessions.ts';
import type { Actor, Principal } from '../types.ts';
import { mostMakers } from './api-token-rules.ts';

/** What a new token inherits from the credential that it is made with. */
export type Inheritance = Readonly<{
  /** The API tokens that it comes from, the first one first: it ends with each of them. */
  makers?: readonly string[] | undefined;
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

/**
 * Returns a function that reads what a token inherits that this actor makes. Refuses `insufficient_role` for a minted token,
 * which makes nothing, `conflict` for a line that is too long, `token_revoked` and `token_expired` for a maker that ended.
 */
export function inheritance({ records, sessions, isFresh, clock }: Dependencies) {
  async function fromApiToken(tokenId: string): Promise<Result<Inheritance>> {
    const token = await records.get(apiTokenKind, tokenId);
    const standing = token && (await standingOfToken(records, token));
    const fault = faultOfToken(token, standing, clock());
    if (token === undefined || fault !== undefined) return refused(fault ?? 'invalid_token');
    const makers = [...(token.makers ?? []), token.id];
    if (makers.length <= mostMakers) return ok({ makers, until: token.expiresAt });
    return refused('conflict', {
      detail: `A token can come from at most ${mostMakers} tokens, each made by the other.`,
    });
  }

  async function fromAccessToken(principal: Principal, confirmed: boolean): Promise<Result<Inheritance>> {
    const session = await sessions.find(principal.sessionId ?? '', clock());
    if (session === undefined) return refused('token_revoked');
    if (session.method === 'minted') return refused('insufficient_role', { detail: 'A minted token makes no tokens.' });
    if (confirmed || (await isFresh(principal))) return ok(ownLife);
    return ok({ until: principal.expiresAt ?? session.expiresAt });
  }

  return async function inheritedFrom(by: Actor | undefined): Promise<Result<Inheritance>> {
    const { via, tokenId } = by?.principal ?? {};
    if (by === undefined || (via !== 'api-token' && via !== 'access-token')) return ok(ownLife);
    return via === 'api-token' ? fromApiToken(tokenId ?? '') : fromAccessToken(by.principal, by.confirmed === true);
  };
}
