import type { MaybePromise } from '../../and-then.ts';
import { sha256 } from '../../crypto/digest.ts';
import { tokenIsWellFormed } from '../../crypto/random.ts';
import { faultOfToken, standingOfToken } from '../../services/standing.ts';
import { type ApiTokenRecord, apiTokenKind } from '../../stores/records/kinds/api-token.ts';
import { touchInterval } from '../../stores/records/last-use.ts';
import type { Records } from '../../stores/records/records.ts';
import type { CachedCredential, CredentialCache, LookUp } from './cache.ts';
import { marksOfToken } from './marks.ts';
import type { Principals, UserIdentity } from './principal.ts';
import { bad, type Verdict } from './verdict.ts';

type Dependencies = Readonly<{
  records: Pick<Records, 'get' | 'getMany' | 'byKey' | 'list' | 'count' | 'note'>;
  principals: Principals;
  cache: CredentialCache;
  clock: () => number;
}>;

const interval = touchInterval();
const unknown: LookUp = Object.freeze({ found: bad('invalid_token'), marks: [] });

/** Authenticates API tokens (`gwt_…`). A token with a wrong checksum is refused without a look-up. */
export function apiTokenAuthenticator(dependencies: Dependencies): (token: string) => MaybePromise<Verdict> {
  const { records, principals, cache, clock } = dependencies;

  function credentialOf(token: ApiTokenRecord, owner: UserIdentity): CachedCredential {
    const { id: tokenId, expiresAt, scopes, role: ceiling } = token;
    const principal = principals.ofUser(owner, { via: 'api-token', tokenId, expiresAt, scopes, ceiling });
    const until = expiresAt ?? Number.POSITIVE_INFINITY;
    return { kind: 'principal', principal, until, touchAt: (token.lastUsedAt ?? 0) + interval };
  }

  async function lookUp(hash: string): Promise<LookUp> {
    const token = await records.byKey(apiTokenKind, 'hash', hash);
    if (token === undefined) return unknown;
    const standing = await standingOfToken(records, token);
    const marks = marksOfToken(token, standing);
    const fault = faultOfToken(token, standing, clock());
    if (fault !== undefined || standing.owner === undefined) return { found: bad(fault ?? 'token_revoked'), marks };
    return { found: credentialOf(token, standing.owner), marks };
  }

  /** Not awaited: a store that cannot write neither delays nor fails a request. */
  function touch(entry: CachedCredential, now: number): void {
    entry.touchAt = now + interval;
    records.note(apiTokenKind, entry.principal.tokenId ?? '', now).catch(() => undefined);
  }

  function used(entry: CachedCredential, now: number): Verdict {
    if (now >= entry.touchAt) touch(entry, now);
    return entry;
  }

  async function filled(hash: string): Promise<Verdict> {
    const found = await cache.fill('api-token', hash, () => lookUp(hash));
    return found.kind === 'principal' ? used(found, clock()) : found;
  }

  return function authenticateApiToken(token) {
    if (!tokenIsWellFormed(token, 'gwt_')) return unknown.found;
    const now = clock();
    const hash = sha256(token);
    const entry = cache.get('api-token', hash, now);
    return entry === undefined ? filled(hash) : used(entry, now);
  };
}
