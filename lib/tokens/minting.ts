import { ok, type Result, refused } from '../errors.ts';
import type { RecordEvent, TokenPair } from '../services.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { Records } from '../stores/records/records.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import type { Actor, Ladder, Principal, ScopeTable } from '../types.ts';
import type { IssueAccessToken, StartSession } from './issuing.ts';
import type { Inheritance } from './making.ts';

type Dependencies = Readonly<{
  records: Records;
  ladder: Ladder;
  scopes: ScopeTable;
  record: RecordEvent;
  inheritedFrom: (by: Actor) => Promise<Result<Inheritance>>;
  start: StartSession;
  issue: IssueAccessToken;
  clock: () => number;
}>;

/** Whom a token is minted for. */
export type Minted = Pick<UserRecord, 'id' | 'username' | 'role' | 'epoch'>;
export type MintOptions = Readonly<{ ttl: number; roleCeiling?: string | undefined }>;

type Right = Inheritance & Pick<SessionRecord, 'minter'>;

const longest = 30 * 24 * 60 * 60 * 1000;

/** Returns a function that mints access tokens for other users (`AccessTokens.mint`). */
export function minting(dependencies: Dependencies) {
  const { records, ladder, scopes, record, inheritedFrom, start, issue, clock } = dependencies;

  /** The minter's right as it is now: the principal may have been authenticated a moment before it was taken away. */
  async function rightOf(by: Actor): Promise<Result<Right>> {
    const { id, role, via } = by.principal;
    if (via === 'command') return ok({});
    const minter = await records.get(userKind, id);
    if (minter?.state !== 'active') return refused('token_revoked');
    if (ladder.position(minter.role) < ladder.position(role)) return refused('insufficient_role');
    const inherited = await inheritedFrom(by);
    return inherited.ok ? ok({ ...inherited.value, minter: { id, rights: minter.rights } }) : inherited;
  }

  /** Scopes of a token that was minted with a credential that may hold less than its owner. */
  function scopeOf({ via, role, scopes: held }: Principal): string | undefined {
    const holdsAll = scopes.heldBy(role).every((scope) => held.includes(scope));
    return via === 'command' || (holdsAll && via !== 'api-token') ? undefined : held.join(' ');
  }

  const note = (user: Minted, role: string, minutes: number, { principal, address, agent }: Actor) =>
    record({
      event: 'token.created',
      actor: principal.name,
      via: principal.via,
      address,
      agent,
      subject: `user:${user.username}`,
      outcome: 'ok',
      detail: { minted: true, role, minutes },
    });

  return async function mint(user: Minted, options: MintOptions, by: Actor): Promise<Result<TokenPair>> {
    const { ttl, roleCeiling: wanted = user.role } = options;
    if (!(ttl > 0)) throw new TypeError('"ttl" must be a positive number of milliseconds');
    const right = await rightOf(by);
    if (!right.ok) return right;
    const { minter, makers, until = Number.POSITIVE_INFINITY } = right.value;
    const { principal, address, agent } = by;
    const now = clock();
    const expiresAt = Math.min(now + Math.min(ttl, longest), until);
    const roleCeiling = principal.via === 'command' ? wanted : ladder.lower(wanted, principal.role);
    const session = await start(user, { method: 'minted', expiresAt, roleCeiling, minter, makers, address, agent });
    const pair = await issue(session, expiresAt, { act: { sub: principal.id }, scope: scopeOf(principal) });
    await note(user, roleCeiling, Math.round((expiresAt - now) / 60_000), by);
    return ok(pair);
  };
}
