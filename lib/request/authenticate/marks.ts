import type { SessionStanding, TokenStanding } from '../../services/standing.ts';
import type { ApiTokenRecord } from '../../stores/records/kinds/api-token.ts';
import type { Versioned } from '../../stores/records/records.ts';
import type { SessionRecord } from '../../stores/sessions.ts';
import type { Mark } from './told.ts';

type Read = Readonly<{ version: number }> | undefined;

const mark = (kind: Mark['kind'], id: string, read: Read): Mark => ({ kind, id, version: read?.version ?? 0 });

const makerMarks = (ids: readonly string[] | undefined, read: SessionStanding['makers']): Mark[] =>
  (ids ?? []).map((id, at) => mark('token', id, read[at]));

/** The records that decided on a session. */
export function marksOfSession(session: SessionRecord, standing: SessionStanding): readonly Mark[] {
  const { id, userId, minter, makers } = session;
  return [
    mark('session', id, standing.ended),
    ...(userId === null ? [] : [mark('user', userId, standing.user)]),
    ...(minter === undefined ? [] : [mark('user', minter.id, standing.minter)]),
    ...makerMarks(makers, standing.makers),
  ];
}

/** The records that decided on an API token. */
export function marksOfToken(token: Versioned<ApiTokenRecord>, standing: TokenStanding): readonly Mark[] {
  return [
    mark('token', token.id, token),
    mark('user', token.userId, standing.owner),
    ...makerMarks(token.makers, standing.makers),
  ];
}
