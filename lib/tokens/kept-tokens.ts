import { standingOfToken } from '../services/standing.ts';
import { type ApiTokenRecord, apiTokenKind, endedPrefix, tokenNameKey } from '../stores/records/kinds/api-token.ts';
import type { Records, Versioned } from '../stores/records/records.ts';
import { ended, isOver } from './api-token-rules.ts';

type Token = Versioned<ApiTokenRecord>;

/** The stored API tokens. A token is ended by its id, never by its name: another may have got the name meanwhile. */
export interface KeptTokens {
  /** Those that have a name: all that were not ended, by name. */
  namedOf(userId: string): Promise<readonly Token[]>;
  /** The token that has this name, else the one that had it last and is still known. */
  latest(userId: string, name: string): Promise<Token | undefined>;
  /** `over`: its owner's epoch was raised or one of its makers ended meanwhile, so it is not made. */
  add(token: ApiTokenRecord): Promise<'added' | 'taken' | 'over'>;
  /** `version`: of the ended record. `isNew`: it had not ended before. `undefined`: there is no such token. */
  endOne(id: string): Promise<Readonly<{ version: number; isNew: boolean }> | undefined>;
  end(ids: readonly string[]): Promise<void>;
  /** Those that come from this one and have not ended. */
  madeWith(token: ApiTokenRecord): Promise<readonly Token[]>;
}

export function keptTokens(records: Records): KeptTokens {
  async function namedOf(owner: string, after?: string): Promise<readonly Token[]> {
    const { items, next } = await records.list(apiTokenKind, {
      owner,
      order: 'name',
      limit: 1000,
      ...(after && { after }),
    });
    return next === undefined ? items : [...items, ...(await namedOf(owner, next))];
  }

  const named = (userId: string, name: string) => records.byKey(apiTokenKind, 'name', tokenNameKey(userId, name));

  async function latest(owner: string, name: string): Promise<Token | undefined> {
    const token = await named(owner, name);
    if (token !== undefined) return token;
    const wasNamed = { owner, order: 'ended', prefix: endedPrefix(name), limit: 1 };
    return (await records.list(apiTokenKind, wasNamed)).items[0];
  }

  async function endOne(id: string) {
    const changed = await records.change(apiTokenKind, id, ended);
    if (changed.kind === 'taken' || changed.record === undefined) return undefined;
    return { version: changed.record.version, isNew: changed.answer };
  }

  async function end(ids: readonly string[]): Promise<void> {
    for (const id of ids) await endOne(id);
  }

  /** Ends the token that has the name if it is over. */
  async function freeName({ userId, name }: ApiTokenRecord): Promise<boolean> {
    const holder = await named(userId, name);
    if (holder === undefined) return true;
    if (!isOver(holder, await standingOfToken(records, holder))) return false;
    await endOne(holder.id);
    return true;
  }

  async function insert(token: ApiTokenRecord): Promise<boolean> {
    const added = await records.add(apiTokenKind, token);
    if (added.kind === 'added') return true;
    return (await freeName(token)) && (await records.add(apiTokenKind, token)).kind === 'added';
  }

  async function add(token: ApiTokenRecord) {
    if (!(await insert(token))) return 'taken';
    // What ended its owner's tokens or one of its makers before this is found here; what does later ends this one too.
    if (!isOver(token, await standingOfToken(records, token))) return 'added';
    await endOne(token.id);
    return 'over';
  }

  const madeWith = async ({ id, userId }: ApiTokenRecord) =>
    (await namedOf(userId)).filter(({ makers }) => makers?.includes(id));

  return { namedOf, latest, add, endOne, end, madeWith };
}
