import { sha256 } from '../../crypto/digest.ts';
import { tokenIsWellFormed } from '../../crypto/random.ts';
import type { ErrorCode } from '../../errors.ts';
import type { ApiTokenRecord, ApiTokenStore } from '../../stores/records/api-tokens.ts';
import { touchInterval } from '../../stores/records/last-use.ts';
import type { UserRecord, UserStore } from '../../stores/records/users.ts';
import type { CachedCredential, CredentialCache } from './cache.ts';
import type { Principals } from './principal.ts';
import { bad, good, type Verdict } from './verdict.ts';

type Dependencies = Readonly<{
  tokens: ApiTokenStore;
  users: UserStore;
  principals: Principals;
  cache: CredentialCache;
  clock: () => number;
}>;

const interval = touchInterval();

function faultOf(token: ApiTokenRecord | undefined, owner: UserRecord | undefined, now: number): ErrorCode | undefined {
  if (token === undefined) return 'invalid_token';
  if (token.expiresAt !== undefined && token.expiresAt <= now) return 'token_expired';
  return owner?.state === 'active' && owner.epoch === token.epoch ? undefined : 'token_revoked';
}

/** Authenticates API tokens (`gwt_…`). A token with a wrong checksum is refused without a look-up. */
export function apiTokenAuthenticator(dependencies: Dependencies): (token: string) => Promise<Verdict> {
  const { tokens, users, principals, cache, clock } = dependencies;

  function credentialOf(token: ApiTokenRecord, owner: UserRecord): CachedCredential {
    const { id: tokenId, expiresAt, scopes, role: ceiling } = token;
    const principal = principals.ofUser(owner, { via: 'api-token', tokenId, expiresAt, scopes, ceiling });
    return {
      principal,
      until: expiresAt ?? Number.POSITIVE_INFINITY,
      touchAt: (token.lastUsedAt ?? 0) + interval,
    };
  }

  async function lookUp(hash: string, now: number): Promise<CachedCredential | ErrorCode> {
    let fault: ErrorCode | undefined;
    const entry = await cache.fill(hash, async () => {
      const token = await tokens.byHash(hash);
      const owner = token && (await users.byId(token.userId));
      fault = faultOf(token, owner, now);
      return token && owner && fault === undefined ? credentialOf(token, owner) : undefined;
    });
    return entry ?? fault ?? 'invalid_token';
  }

  /** Not awaited: a store that cannot write neither delays nor fails a request. */
  function touch(entry: CachedCredential, now: number): void {
    entry.touchAt = now + interval;
    tokens.touch(entry.principal.tokenId ?? '', now).catch(() => undefined);
  }

  return async function authenticateApiToken(token) {
    if (!tokenIsWellFormed(token, 'gwt_')) return bad('invalid_token');
    const now = clock();
    const hash = sha256(token);
    const entry = cache.get('api-token', hash, now) ?? (await lookUp(hash, now));
    if (typeof entry === 'string') return bad(entry);
    if (now >= entry.touchAt) touch(entry, now);
    return good(entry.principal);
  };
}
