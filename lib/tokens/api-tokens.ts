import { sha256 } from '../crypto/digest.ts';
import { makeToken, randomBase62 } from '../crypto/random.ts';
import { type FieldProblem, ok, type Result, refused } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import { doneBy } from '../services/done-by.ts';
import { userWithName } from '../services/named-user.ts';
import type { ApiTokens, ApiTokenView, IssuedApiToken, NewApiToken, RecordEvent } from '../services.ts';
import type { AttemptStore } from '../stores/attempts.ts';
import type { ApiTokenRecord } from '../stores/records/kinds/api-token.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { Records, Versioned } from '../stores/records/records.ts';
import type { Actor, Ladder, Principal, ScopeTable } from '../types.ts';
import { live } from './api-token-rules.ts';
import { endingWithMade } from './ending.ts';
import { keptTokens } from './kept-tokens.ts';
import type { Inheritance } from './making.ts';
import { type Bounds, narrowing } from './narrow.ts';

export type ApiTokenDependencies = Readonly<{
  stores: Readonly<{ records: Records; attempts: AttemptStore }>;
  bus: InvalidationBus;
  record: RecordEvent;
  ladder: Ladder;
  scopes: ScopeTable;
  /** What a token inherits from the credential that it is made with. */
  inheritedFrom: (by: Actor | undefined) => Promise<Result<Inheritance>>;
  /** Milliseconds since the epoch. */
  clock: () => number;
}>;

/** Names that are safe in a path, a terminal and a table. */
const nameForm = /^[\p{L}\p{N}][\p{L}\p{N} ._:@+-]{0,63}$/u;
const mostOfUser = 200;
const mostAnHour = 300;
const hour = 3_600_000;

const taken = refused('conflict', { problems: [{ field: 'name', message: 'is taken' }] });
const tooMany = refused('conflict', { detail: 'There are too many tokens.' });
const ofAnother = refused('insufficient_role', { detail: 'A token makes tokens of its own user only.' });

function viewOf(token: ApiTokenRecord): ApiTokenView {
  const { id, name, role, scopes, createdAt, lastUsedAt, expiresAt } = token;
  return Object.freeze({ id, name, role, scopes, createdAt, lastUsedAt, expiresAt });
}

/** Makes `gate.tokens`. */
export function apiTokens(dependencies: ApiTokenDependencies): ApiTokens {
  const { stores, bus, record, ladder, scopes, inheritedFrom, clock } = dependencies;
  const kept = keptTokens(stores.records);
  const endWithMade = endingWithMade(kept, bus);
  const narrow = narrowing(ladder, scopes);

  /** Acts when no actor is given: the program itself. */
  const program: Principal = {
    ...{ kind: 'user', id: '', name: '', role: ladder.rung('admin'), scopes: [], via: 'command' },
  };

  const note = (event: 'token.created' | 'token.revoked', name: string, owner: string, by: Actor | undefined) =>
    record({ event, ...doneBy(by), subject: `token:${name}`, outcome: 'ok', detail: { user: owner } });

  function problemsOf(wanted: NewApiToken, bounds: Bounds): FieldProblem[] {
    const named = typeof wanted.name === 'string' && nameForm.test(wanted.name) && wanted.name.isWellFormed();
    const problem = 'must be 1 to 64 letters, digits, spaces or any of . _ : @ + - and begin with a letter or digit';
    return [...(named ? [] : [{ field: 'name', message: problem }]), ...narrow.problems(wanted, bounds, clock())];
  }

  /** Making and revoking them over and over costs writes, and records that push out others. */
  async function tooManyAnHour({ id }: UserRecord) {
    const { count, resetMs } = await stores.attempts.hit(`making-tokens:${id}`, hour);
    if (count <= mostAnHour) return undefined;
    const detail = `At most ${mostAnHour} tokens can be made in an hour.`;
    return refused('rate_limited', { retryAfter: Math.ceil(resetMs / 1000), detail });
  }

  /** Tokens that are over are ended, which frees their names and lets them be deleted. */
  async function hasRoom(owner: Versioned<UserRecord>): Promise<boolean> {
    const all = await kept.namedOf(owner.id);
    const alive = live(all, owner);
    await kept.end(all.filter((token) => token.epoch < owner.tokenEpoch).map(({ id }) => id));
    return alive.length < mostOfUser;
  }

  async function insert(wanted: NewApiToken, owner: UserRecord, maker: Principal, { makers, until }: Inheritance) {
    const token = makeToken('gwt_');
    const { role, scopes: held, expiresAt } = narrow.grant(wanted, { ownerRole: owner.role, maker, until });
    const made: ApiTokenRecord = {
      id: `t_${randomBase62(20)}`,
      userId: owner.id,
      name: wanted.name,
      hash: sha256(token),
      epoch: owner.tokenEpoch,
      role,
      scopes: held && [...held],
      makers: makers && [...makers],
      createdAt: clock(),
      expiresAt,
    };
    return { token, made, outcome: await kept.add(made) };
  }

  async function create(username: string, wanted: NewApiToken, by?: Actor): Promise<Result<IssuedApiToken>> {
    const maker = by?.principal ?? program;
    const owner = await userWithName(stores.records, username);
    if (owner === undefined) return refused('not_found');
    const inherited = await inheritedFrom(by);
    if (!inherited.ok) return inherited;
    if (inherited.value.makers !== undefined && maker.id !== owner.id) return ofAnother;
    const problems = problemsOf(wanted, { ownerRole: owner.role, maker, until: inherited.value.until });
    if (problems.length > 0) return refused('validation_failed', { problems });
    if (!(await hasRoom(owner))) return tooMany;
    const limited = by === undefined ? undefined : await tooManyAnHour(owner);
    if (limited !== undefined) return limited;
    const { token, made, outcome } = await insert(wanted, owner, maker, inherited.value);
    if (outcome === 'over') return refused('token_revoked');
    if (outcome === 'taken') return taken;
    await note('token.created', made.name, owner.username, by);
    return ok({ token, view: viewOf(made) });
  }

  async function list(username: string) {
    const owner = await userWithName(stores.records, username);
    return { items: owner === undefined ? [] : live(await kept.namedOf(owner.id), owner).map(viewOf) };
  }

  async function revoke(username: string, name: string, by?: Actor): Promise<Result<undefined>> {
    const owner = await userWithName(stores.records, username);
    const token = owner && (await kept.latest(owner.id, name));
    const end = token && (await kept.endOne(token.id));
    if (owner === undefined || token === undefined || end === undefined) return refused('not_found');
    try {
      await endWithMade(token, end.version);
    } finally {
      if (end.isNew) await note('token.revoked', name, owner.username, by);
    }
    return ok(undefined);
  }

  return { create, list, revoke };
}
