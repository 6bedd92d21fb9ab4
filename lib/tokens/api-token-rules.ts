import type { TokenStanding } from '../services/standing.ts';
import type { ApiTokenRecord } from '../stores/records/kinds/api-token.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { Change } from '../stores/records/records.ts';

/** The longest line of tokens that one token comes from. */
export const mostMakers = 8;

/** Ends a token; answers whether it had not ended before. It is kept for a while, so that a repeated revocation finds it. */
export function ended(token: ApiTokenRecord | undefined, now: number): Change<ApiTokenRecord, boolean> {
  if (token === undefined || token.endedAt !== undefined) return { kind: 'keep', answer: false };
  return { kind: 'put', record: { ...token, endedAt: now }, answer: true };
}

type Owner = Pick<UserRecord, 'id' | 'state' | 'tokenEpoch'> | undefined;

const isCurrent = (token: ApiTokenRecord | undefined, owner: Owner): boolean =>
  token !== undefined && token.endedAt === undefined && token.userId === owner?.id && token.epoch === owner.tokenEpoch;

/**
 * Whether a token is over for good: it or one of its makers was ended, or its owner ended all. An expired token, or one whose
 * owner is not active, is refused but keeps its name.
 */
export function isOver(
  token: ApiTokenRecord,
  { owner, makers }: Pick<TokenStanding, 'makers'> & { owner: Owner },
): boolean {
  return owner?.state === 'removed' || ![token, ...makers].every((one) => isCurrent(one, owner));
}

/** Those of all the tokens of an owner that are not over. Makers have the owner of what they make, so they are among `all`. */
export function live<T extends ApiTokenRecord>(all: readonly T[], owner: Owner): readonly T[] {
  const current = all.filter((token) => isCurrent(token, owner));
  const ids = new Set(current.map(({ id }) => id));
  return current.filter(({ makers = [] }) => makers.every((id) => ids.has(id)));
}
