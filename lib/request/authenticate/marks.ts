import type { GrantStanding } from '../../services/grants.ts';
import type { MakersStanding } from '../../services/makers.ts';
import type { SessionStanding, TokenStanding } from '../../services/standing.ts';
import type { ClientTokenClaims } from '../../services.ts';
import type { ApiTokenRecord } from '../../stores/records/kinds/api-token.ts';
import { type ClientRecord, clientKey } from '../../stores/records/kinds/client.ts';
import type { Versioned } from '../../stores/records/records.ts';
import type { SessionRecord } from '../../stores/sessions.ts';
import type { Mark } from './told.ts';

type Read = Readonly<{ version: number }> | undefined;

const mark = (kind: Mark['kind'], id: string, read: Read): Mark => ({ kind, id, version: read?.version ?? 0 });

const makerMarks = ({ makers }: Pick<MakersStanding, 'makers'>): readonly Mark[] =>
  makers.map(({ id, record }) => mark('token', id, record));

/** A client's record is told of as a token's. */
function minterMarks(id: string, { minter, owner }: SessionStanding): readonly Mark[] {
  if (minter?.kind === 'user') return [mark('user', id, minter.record)];
  const userId = minter?.record?.userId;
  return [mark('token', id, minter?.record), ...(userId === undefined ? [] : [mark('user', userId, owner)])];
}

/** The records that decided on a session. */
export function marksOfSession(session: SessionRecord, standing: SessionStanding): readonly Mark[] {
  const { id, userId, minter } = session;
  return [
    mark('session', id, standing.ended),
    ...(userId === null ? [] : [mark('user', userId, standing.user)]),
    ...(minter === undefined ? [] : minterMarks(minter.id, standing)),
    ...makerMarks(standing),
  ];
}

/** The records that decided on an API token. */
export function marksOfToken(token: Versioned<ApiTokenRecord>, standing: TokenStanding): readonly Mark[] {
  return [
    mark('token', token.id, token),
    mark('user', token.userId, standing.owner),
    ...(token.makers ?? []).map((id, at) => mark('token', id, standing.makers[at])),
  ];
}

/** The records that decided on a client. `id`: of its record, which may not be there. */
export function marksOfClient(
  id: string,
  client: Versioned<ClientRecord> | undefined,
  { makers, owner }: MakersStanding,
): readonly Mark[] {
  const userId = client?.userId;
  return [
    mark('token', id, client),
    ...(userId === undefined ? [] : [mark('user', userId, owner)]),
    ...makerMarks({ makers }),
  ];
}

/** The records that decided on an access token of a client. */
export function marksOfGrant({ clientId, jti }: ClientTokenClaims, standing: GrantStanding): readonly Mark[] {
  return [mark('session', jti, standing.revoked), ...marksOfClient(clientKey(clientId), standing.client, standing)];
}
