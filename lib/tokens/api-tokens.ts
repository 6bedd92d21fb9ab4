import { sha256 } from '../crypto/digest.ts';
import { makeToken, randomBase62 } from '../crypto/random.ts';
import { type FieldProblem, ok, type Result, refused } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import type { ApiTokens, ApiTokenView, RecordEvent } from '../services.ts';
import type { ApiTokenRecord } from '../stores/records/api-tokens.ts';
import type { UserRecord } from '../stores/records/users.ts';
import type { Stores } from '../stores/stores.ts';
import type { Actor, Ladder, ScopeTable } from '../types.ts';
import { narrowing, type Wish } from './narrow.ts';

export type ApiTokenDependencies = Readonly<{
  stores: Pick<Stores, 'users' | 'tokens' | 'sessions'>;
  bus: InvalidationBus;
  record: RecordEvent;
  ladder: Ladder;
  scopes: ScopeTable;
  /** Milliseconds since the epoch. */
  clock: () => number;
}>;

type Wanted = Wish & Readonly<{ name: string }>;

/** Safe in a path, a terminal and a table. */
const nameForm = /^[\p{L}\p{N}][\p{L}\p{N} ._:@+-]{0,63}$/u;
const mostOfUser = 200;

function viewOf(token: ApiTokenRecord): ApiTokenView {
  const { id, name, role, scopes, createdAt, lastUsedAt, expiresAt } = token;
  return Object.freeze({ id, name, role, scopes, createdAt, lastUsedAt, expiresAt });
}

/** `gate.tokens`. */
export function apiTokens(dependencies: ApiTokenDependencies): ApiTokens {
  const { stores, bus, record, ladder, scopes, clock } = dependencies;
  const narrow = narrowing(ladder, scopes);

  const tell = (event: 'token.created' | 'token.revoked', name: string, owner: string, by: Actor) =>
    record({
      event,
      actor: by.principal.name,
      via: by.principal.via,
      address: by.address,
      agent: by.agent,
      subject: `token:${name}`,
      outcome: 'ok',
      detail: { user: owner },
    });

  /** Those of an older epoch are refused already; they give way, and leave their names. */
  async function alive(user: UserRecord): Promise<readonly ApiTokenRecord[]> {
    const all = await stores.tokens.listOf(user.id);
    const dead = all.filter((token) => token.epoch < user.epoch);
    for (const { name } of dead) await stores.tokens.remove(user.id, name);
    return all.filter((token) => !dead.includes(token));
  }

  function problemsOf(wanted: Wanted, owner: UserRecord, by: Actor): FieldProblem[] {
    const named = typeof wanted.name === 'string' && nameForm.test(wanted.name) && wanted.name.isWellFormed();
    const problem = 'must be 1 to 64 letters, digits, spaces or any of . _ : @ + - and begin with a letter or digit';
    return [
      ...(named ? [] : [{ field: 'name', message: problem }]),
      ...narrow.problems(wanted, owner.role, by.principal, clock()),
    ];
  }

  /** A token that an admin minted for another ends soon; it must not leave one behind that does not. */
  async function isMinted({ via, sessionId }: Actor['principal']): Promise<boolean> {
    if (via !== 'access-token' || sessionId === undefined) return false;
    const session = await stores.sessions.find(sessionId, clock());
    return session === undefined || session.method === 'minted';
  }

  async function insert(wanted: Wanted, owner: UserRecord, by: Actor) {
    const token = makeToken('gwt_');
    const { role, scopes: held, expiresAt } = narrow.grant(wanted, owner.role, by.principal);
    const kept: ApiTokenRecord = {
      id: `t_${randomBase62(20)}`,
      userId: owner.id,
      name: wanted.name,
      hash: sha256(token),
      epoch: owner.epoch,
      role,
      scopes: held,
      parentId: by.principal.via === 'api-token' ? by.principal.tokenId : undefined,
      createdAt: clock(),
      expiresAt,
    };
    return { token, kept, outcome: await stores.tokens.create(kept) };
  }

  async function create(
    userId: string,
    wanted: Wanted,
    by: Actor,
  ): Promise<Result<{ token: string; view: ApiTokenView }>> {
    const owner = await stores.users.byId(userId);
    if (owner === undefined) return refused('not_found');
    const problems = problemsOf(wanted, owner, by);
    if (problems.length > 0) return refused('validation_failed', { problems });
    if (await isMinted(by.principal)) {
      return refused('insufficient_role', { detail: 'A token that was minted for somebody makes no tokens.' });
    }
    if ((await alive(owner)).length >= mostOfUser) return refused('conflict', { detail: 'There are too many tokens.' });
    const { token, kept, outcome } = await insert(wanted, owner, by);
    if (outcome === 'parent-gone') return refused('token_revoked');
    if (outcome === 'name-taken') return refused('conflict', { problems: [{ field: 'name', message: 'is taken' }] });
    await tell('token.created', kept.name, owner.username, by);
    return ok({ token, view: viewOf(kept) });
  }

  return {
    create,
    async listOf(userId) {
      const owner = await stores.users.byId(userId);
      const tokens = await stores.tokens.listOf(userId);
      return tokens.filter((token) => token.epoch === owner?.epoch).map(viewOf);
    },
    async revoke(userId, name, by) {
      const owner = await stores.users.byId(userId);
      const removed = await stores.tokens.remove(userId, name);
      for (const id of removed) await bus.publish({ kind: 'token', id });
      if (removed.length > 0) await tell('token.revoked', name, owner?.username ?? '', by);
      return removed.length > 0;
    },
  };
}
