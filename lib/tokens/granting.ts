import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { ok, type Result, refused } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import { doneBy } from '../services/done-by.ts';
import { endOfClient, heldWithin, limitsOfClient, standingOfClient } from '../services/makers.ts';
import type { AccessTokens, ClientTokenClaims, GrantedToken, RecordEvent, RevokeGranted } from '../services.ts';
import { type ClientRecord, clientIdIn } from '../stores/records/kinds/client.ts';
import { revokedTokenKind } from '../stores/records/kinds/revoked-token.ts';
import type { Records } from '../stores/records/records.ts';
import type { Ladder, ScopeTable } from '../types.ts';
import { accessTokenType } from './claims.ts';
import { longestToken } from './jws.ts';
import type { SigningKeys } from './keys.ts';

type Dependencies = Readonly<{
  records: Records;
  keys: Pick<SigningKeys, 'current'>;
  /** `iss` and `aud`. */
  issuer: string;
  ladder: Ladder;
  scopes: ScopeTable;
  settings: Readonly<{ accessTokenLifetime: number }>;
  /** Milliseconds since the epoch. */
  clock: () => number;
}>;

/** The difference between the clocks of two instances that is allowed for, in milliseconds. */
const clockTolerance = 60_000;

const tooLong = refused('insufficient_scope', { detail: 'The token would be too long: ask for fewer scopes.' });

/** Returns the function that issues access tokens to clients (`AccessTokens.grant`). */
export function granting(dependencies: Dependencies): AccessTokens['grant'] {
  const { records, keys, issuer, settings, clock } = dependencies;

  async function sign(client: ClientRecord, scopes: readonly string[], exp: number): Promise<GrantedToken> {
    const { kid, algorithm, key } = await keys.current();
    const jti = randomUUID();
    const clientId = clientIdIn(client.id) ?? '';
    const token = await new SignJWT({ client_id: clientId, scope: scopes.join(' '), epoch: client.epoch })
      .setProtectedHeader({ alg: algorithm, typ: accessTokenType, kid })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setSubject(client.id)
      .setJti(jti)
      .setIssuedAt(Math.floor(clock() / 1000))
      .setExpirationTime(exp)
      .sign(key);
    return { token, expiresAt: exp * 1000, scopes, jti };
  }

  return async function grant(client, { scopes: wanted }): Promise<Result<GrantedToken>> {
    const standing = await standingOfClient(records, client);
    const { scopes: held } = heldWithin(limitsOfClient(client, standing), dependencies);
    const missing = wanted?.find((scope) => !held.includes(scope));
    if (missing !== undefined) return refused('insufficient_scope', { scope: missing });
    const end = Math.min(clock() + settings.accessTokenLifetime, endOfClient(client, standing));
    const made = await sign(client, wanted === undefined ? held : [...new Set(wanted)], Math.floor(end / 1000));
    return made.token.length > longestToken ? tooLong : ok(made);
  };
}

/** Returns the verb that revokes a client's access token (`Core.revokeGranted`). */
export function grantRevoker(
  dependencies: Readonly<{
    stores: Readonly<{ records: Pick<Records, 'add'> }>;
    bus: InvalidationBus;
    record: RecordEvent;
  }>,
): RevokeGranted {
  const { stores, bus, record } = dependencies;
  return async function revokeGranted({ sub, jti, exp }: ClientTokenClaims, by) {
    const noted = await stores.records.add(revokedTokenKind, { id: jti, until: exp * 1000 + clockTolerance });
    try {
      // The note is written once, so its version is 1.
      await bus.publish({ kind: 'session', id: jti, version: 1 });
    } finally {
      const about = {
        event: 'token.revoked',
        ...doneBy(by),
        subject: sub,
        outcome: 'ok',
        detail: { user: sub },
      } as const;
      if (noted.kind === 'added') await record(about);
    }
  };
}
