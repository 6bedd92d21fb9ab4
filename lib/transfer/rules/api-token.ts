import { type ApiTokenRecord, apiTokenKind } from '../../stores/records/kinds/api-token.ts';
import { clientIdIn } from '../../stores/records/kinds/client.ts';
import { userKind } from '../../stores/records/kinds/user.ts';
import type { Records } from '../../stores/records/records.ts';
import { differs, type Refusal, refused } from '../outcome.ts';
import type { Rule } from '../rule.ts';
import { recordsWith } from '../unreadable.ts';

const ownerGone = refused('the user that it belongs to is not there');
const makerGone: Refusal = { kind: 'refused', problem: 'the token that made it is not there', later: true };
const revoked = refused('it was revoked here since');
const other = refused('it is there already, and belongs to another user or was made by another token');

/** Of `ids`, those of users who are not there, or were deleted. */
export async function usersGone(records: Records, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const unique = [...new Set(ids)];
  const users = await recordsWith(records, userKind, unique);
  const isThere = (user: (typeof users)[number]) => typeof user === 'object' && user.state !== 'removed';
  return new Set(unique.filter((_, at) => !isThere(users[at])));
}

async function tokensGone(records: Records, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const unique = [...new Set(ids)];
  const tokens = await recordsWith(records, apiTokenKind, unique);
  return new Set(unique.filter((_, at) => typeof tokens[at] !== 'object'));
}

/** What becomes of a token that is there. One that was revoked stays so. */
export function mergedToken(given: ApiTokenRecord, there: ApiTokenRecord, replace: boolean): ApiTokenRecord | Refusal {
  if (there.endedAt !== undefined && given.endedAt === undefined) return revoked;
  const origin = ({ userId, makers = [] }: ApiTokenRecord) => JSON.stringify([userId, makers]);
  if (origin(given) !== origin(there)) return other;
  return replace ? given : differs;
}

/** A token comes in after its owner and the tokens that made it. */
export function tokenRule(records: Records, replace: boolean): Rule<ApiTokenRecord> {
  async function admit(tokens: readonly ApiTokenRecord[]) {
    const live = tokens.filter(({ endedAt }) => endedAt === undefined);
    const owners = await usersGone(
      records,
      live.map(({ userId }) => userId),
    );
    const makers = await tokensGone(
      records,
      tokens.flatMap((token) => token.makers ?? []),
    );
    return tokens.map((token) => {
      if (token.endedAt === undefined && owners.has(token.userId)) return ownerGone;
      return token.makers?.some((id) => makers.has(id)) ? makerGone : undefined;
    });
  }

  return {
    nameOf: ({ name }) => name,
    problemOf({ id, makers }) {
      if (clientIdIn(id) !== undefined) return '"id" is that of a client';
      return makers?.includes(id) ? '"makers" must be other tokens' : undefined;
    },
    admit,
    merged: (given, there) => mergedToken(given, there, replace),
    takesOver: ['name'],
  };
}
