import type { ApiTokenRecord, ApiTokenStore } from '../api-tokens.ts';
import { apiTokenKind, type ApiTokenRecord as Stored, tokenNameKey } from '../kinds/api-token.ts';
import type { Records } from '../records.ts';

const shown = ({ makers, endedAt: _, ...token }: Stored): ApiTokenRecord => ({ ...token, parentId: makers?.at(-1) });

/** The API tokens of before, over records. */
export function apiTokenStoreOver(records: Records): ApiTokenStore {
  async function allOf(userId: string): Promise<Stored[]> {
    return [...(await records.list(apiTokenKind, { limit: 1000, order: 'name', owner: userId })).items];
  }
  async function end(tokens: readonly Stored[]): Promise<readonly string[]> {
    for (const { id } of tokens) await records.change(apiTokenKind, id, () => ({ kind: 'remove', answer: undefined }));
    return tokens.map(({ id }) => id);
  }

  return {
    async create({ parentId, ...token }) {
      const parent = parentId === undefined ? undefined : await records.get(apiTokenKind, parentId);
      if (parentId !== undefined && parent === undefined) return 'parent-gone';
      const makers = parent === undefined ? undefined : [...(parent.makers ?? []), parent.id];
      const { scopes, ...fields } = token;
      const added = await records.add(apiTokenKind, { ...fields, makers, scopes: scopes && [...scopes] });
      return added.kind === 'added' ? 'created' : 'name-taken';
    },
    async byHash(hash) {
      const found = await records.byKey(apiTokenKind, 'hash', hash);
      return found?.endedAt === undefined ? found && shown(found) : undefined;
    },
    listOf: async (userId) => (await allOf(userId)).map(shown),
    async remove(userId, name) {
      const named = await records.byKey(apiTokenKind, 'name', tokenNameKey(userId, name));
      if (named === undefined) return [];
      const made = (await allOf(userId)).filter(({ makers }) => makers?.includes(named.id));
      return end([named, ...made]);
    },
    removeAllOf: async (userId) => end(await allOf(userId)),
    touch: (id, at) => records.note(apiTokenKind, id, at),
  };
}
