import { sha256 } from '../crypto/digest.ts';
import { makeToken, randomBase62 } from '../crypto/random.ts';
import { type FieldProblem, ok, type Result, refused } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import { doneBy } from '../services/done-by.ts';
import { userNamed } from '../services/named-user.ts';
import type { ApiTokens, ApiTokenView, IssuedApiToken, NewApiToken, RecordEvent } from '../services.ts';
import type { ApiTokenRecord } from '../stores/records/api-tokens.ts';
import type { UserRecord } from '../stores/records/users.ts';
import type { Stores } from '../stores/stores.ts';
import type { Actor, Ladder, Principal, ScopeTable } from '../types.ts';
import { narrowing } from './narrow.ts';

export type ApiTokenDependencies = Readonly<{
  stores: Pick<Stores, 'users' | 'tokens' | 'sessions' | 'attempts'>;
  bus: InvalidationBus;
  record: RecordEvent;
  ladder: Ladder;
  scopes: ScopeTable;
  /** Milliseconds since the epoch. */
  clock: () => number;
}>;

/** Names that are safe in a path, a terminal and a table. */
const nameForm = /^[\p{L}\p{N}][\p{L}\p{N} ._:@+-]{0,63}$/u;
const mostOfUser = 200;
const mostAnHour = 300;
const hour = 3_600_000;

function viewOf(token: ApiTokenRecord): ApiTokenView {
  const { id, name, role, scopes, createdAt, lastUsedAt, expiresAt } = token;
  return Object.freeze({ id, name, role, scopes, createdAt, lastUsedAt, expiresAt });
}

/** Makes `gate.tokens`. */
export function apiTokens(dependencies: ApiTokenDependencies): ApiTokens {
  const { stores, bus, record, ladder, scopes, clock } = dependencies;
  const narrow = narrowing(ladder, scopes);

  /** Acts when no actor is given: the program itself. */
  const program: Principal = {
    ...{ kind: 'user', id: '', name: '', role: ladder.rung('admin'), scopes: [], via: 'command' },
  };

  const tell = (event: 'token.created' | 'token.revoked', name: string, owner: string, by: Actor | undefined) =>
    record({
      event,
      ...doneBy(by),
      subject: `token:${name}`,
      outcome: 'ok',
      detail: { user: owner },
    });

  /** Lists valid tokens. Those of an older epoch are refused already; they are removed, which frees their names. */
  async function alive(user: UserRecord): Promise<readonly ApiTokenRecord[]> {
    const all = await stores.tokens.listOf(user.id);
    const dead = all.filter((token) => token.epoch < user.epoch);
    for (const { name } of dead) await stores.tokens.remove(user.id, name);
    return all.filter((token) => !dead.includes(token));
  }

  function problemsOf(wanted: NewApiToken, owner: UserRecord, maker: Principal): FieldProblem[] {
    const named = typeof wanted.name === 'string' && nameForm.test(wanted.name) && wanted.name.isWellFormed();
    const problem = 'must be 1 to 64 letters, digits, spaces or any of . _ : @ + - and begin with a letter or digit';
    return [
      ...(named ? [] : [{ field: 'name', message: problem }]),
      ...narrow.problems(wanted, owner.role, maker, clock()),
    ];
  }

  /** Whether it is a minted access token: such a token is short-lived and must not create one that is not. */
  async function isMinted({ via, sessionId }: Principal): Promise<boolean> {
    if (via !== 'access-token' || sessionId === undefined) return false;
    const session = await stores.sessions.find(sessionId, clock());
    return session === undefined || session.method === 'minted';
  }

  async function insert(wanted: NewApiToken, owner: UserRecord, maker: Principal) {
    const token = makeToken('gwt_');
    const { role, scopes: held, expiresAt } = narrow.grant(wanted, owner.role, maker);
    const kept: ApiTokenRecord = {
      id: `t_${randomBase62(20)}`,
      userId: owner.id,
      name: wanted.name,
      hash: sha256(token),
      epoch: owner.epoch,
      role,
      scopes: held,
      parentId: maker.via === 'api-token' ? maker.tokenId : undefined,
      createdAt: clock(),
      expiresAt,
    };
    return { token, kept, outcome: await stores.tokens.create(kept) };
  }

  /** Making and revoking them over and over costs writes, and records that push out others. */
  async function tooManyAnHour({ id }: UserRecord) {
    const { count, resetMs } = await stores.attempts.hit(`making-tokens:${id}`, hour);
    if (count <= mostAnHour) return undefined;
    const detail = `At most ${mostAnHour} tokens can be made in an hour.`;
    return refused('rate_limited', { retryAfter: Math.ceil(resetMs / 1000), detail });
  }

  async function create(username: string, wanted: NewApiToken, by?: Actor): Promise<Result<IssuedApiToken>> {
    const maker = by?.principal ?? program;
    const owner = await userNamed(stores.users, username);
    if (owner === undefined) return refused('not_found');
    const problems = problemsOf(wanted, owner, maker);
    if (problems.length > 0) return refused('validation_failed', { problems });
    if (await isMinted(maker)) {
      return refused('insufficient_role', { detail: 'A minted token cannot create tokens.' });
    }
    if ((await alive(owner)).length >= mostOfUser) return refused('conflict', { detail: 'There are too many tokens.' });
    const limited = by === undefined ? undefined : await tooManyAnHour(owner);
    if (limited !== undefined) return limited;
    const { token, kept, outcome } = await insert(wanted, owner, maker);
    if (outcome === 'parent-gone') return refused('token_revoked');
    if (outcome === 'name-taken') return refused('conflict', { problems: [{ field: 'name', message: 'is taken' }] });
    await tell('token.created', kept.name, owner.username, by);
    return ok({ token, view: viewOf(kept) });
  }

  async function list(username: string) {
    const owner = await userNamed(stores.users, username);
    const tokens = owner === undefined ? [] : await stores.tokens.listOf(owner.id);
    return { items: tokens.filter((token) => token.epoch === owner?.epoch).map(viewOf) };
  }

  async function revoke(username: string, name: string, by?: Actor): Promise<Result<undefined>> {
    const owner = await userNamed(stores.users, username);
    if (owner === undefined) return refused('not_found');
    const removed = await stores.tokens.remove(owner.id, name);
    if (removed.length === 0) return refused('not_found');
    for (const id of removed) await bus.publish({ kind: 'token', id });
    await tell('token.revoked', name, owner.username, by);
    return ok(undefined);
  }

  return { create, list, revoke };
}
