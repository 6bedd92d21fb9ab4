import { type ClientRecord, clientKey, clientKind } from '../stores/records/kinds/client.ts';
import { type RevokedTokenRecord, revokedTokenKind } from '../stores/records/kinds/revoked-token.ts';
import type { RecordReader, Versioned } from '../stores/records/records.ts';
import type { ClientTokenClaims } from './internal.ts';
import { clientIsValid, type MakersStanding, standingOfClient } from './makers.ts';

/** The records that decide whether a client's access token is valid. */
export interface GrantStanding extends MakersStanding {
  readonly client: Versioned<ClientRecord> | undefined;
  /** The note that it was revoked before it expired. */
  readonly revoked: Versioned<RevokedTokenRecord> | undefined;
}

/** Reads them. Rejects with `StoreUnavailableError`. */
export async function standingOfGrant(
  records: RecordReader,
  { clientId, jti }: ClientTokenClaims,
): Promise<GrantStanding> {
  const [client, revoked] = await Promise.all([
    records.get(clientKind, clientKey(clientId)),
    records.get(revokedTokenKind, jti),
  ]);
  return { client, revoked, ...(await standingOfClient(records, client ?? {})) };
}

/**
 * Whether a client's access token is valid by the records: it was not revoked, the client is active, of the token's epoch and
 * not expired, and what it comes from has not ended.
 */
export function grantIsValid(
  { epoch }: ClientTokenClaims,
  standing: GrantStanding,
  now: number,
): standing is GrantStanding & { client: Versioned<ClientRecord> } {
  const { client, revoked } = standing;
  return revoked === undefined && client?.epoch === epoch && clientIsValid(client, standing, now);
}
