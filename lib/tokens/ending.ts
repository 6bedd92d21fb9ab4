import { sha256 } from '../crypto/digest.ts';
import { tokenIsWellFormed } from '../crypto/random.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import type { EndTokenAgain } from '../services.ts';
import { type ApiTokenRecord, apiTokenKind } from '../stores/records/kinds/api-token.ts';
import type { Records } from '../stores/records/records.ts';
import { type KeptTokens, keptTokens } from './kept-tokens.ts';

/**
 * Returns a function that tells that a token has ended, then ends what it made. Telling of this token is enough: a cached
 * credential is looked up again for each of the tokens that it comes from. What it made is refused from then on; its records
 * end after that, so that their names are free and they are deleted. `version`: of the ended record.
 */
export const endingWithMade = (kept: KeptTokens, bus: InvalidationBus) =>
  async function endWithMade(token: ApiTokenRecord, version: number): Promise<void> {
    await bus.publish({ kind: 'token', id: token.id, version });
    await kept.end((await kept.madeWith(token)).map(({ id }) => id));
  };

/** Returns the verb that tells again of the end of a token, for a caller who presents it. */
export function endedTokenTeller(
  dependencies: Readonly<{ stores: Readonly<{ records: Records }>; bus: InvalidationBus }>,
): EndTokenAgain {
  const { records } = dependencies.stores;
  const endWithMade = endingWithMade(keptTokens(records), dependencies.bus);
  return async function endTokenAgain(token, name) {
    if (!tokenIsWellFormed(token, 'gwt_')) return false;
    const found = await records.byKey(apiTokenKind, 'hash', sha256(token));
    // By its hash, not by its name: another token may have got the name meanwhile.
    if (found?.endedAt === undefined || found.name !== name) return false;
    await endWithMade(found, found.version);
    return true;
  };
}
