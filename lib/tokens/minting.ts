import { ok, type Result, refused } from '../errors.ts';
import { clientIsValid, heldWithin, limitsOfClient, rightsOfClient, standingOfClient } from '../services/makers.ts';
import type { RecordEvent, TokenPair } from '../services.ts';
import { clientKind } from '../stores/records/kinds/client.ts';
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

/** The role of who mints, and the counter of their rights. */
type Minter = Readonly<{ role: string; rights: number }>;
type Right = Inheritance & Pick<SessionRecord, 'minter'>;

const longest = 30 * 24 * 60 * 60 * 1000;

/** Returns a function that mints access tokens for other users (`AccessTokens.mint`). */
export function minting(dependencies: Dependencies) {
  const { records, ladder, scopes, record, inheritedFrom, start, issue, clock } = dependencies;

  /** The minter's right as it is now: the principal may have been authenticated a moment before it was taken away. */
  async function rightOf(by: Actor): Promise<Result<Right>> {
    const { id, role, via, kind } = by.principal;
    if (via === 'command') return ok({});
    const inherited = await inheritedFrom(by);
    if (!inherited.ok) return inherited;
    const minter = await (kind === 'client' ? clientAs(id, inherited.value) : userAs(id));
    if (minter === undefined) return refused('token_revoked');
    if (ladder.position(minter.role) < ladder.position(role)) return refused('insufficient_role');
    return ok({ ...inherited.value, minter: { id, rights: minter.rights } });
  }

  async function userAs(id: string): Promise<Minter | undefined> {
    const user = await records.get(userKind, id);
    return user?.state === 'active' ? user : undefined;
  }

  /** `makers`: those of what it mints, itself among them. */
  async function clientAs(id: string, { makers, userId }: Inheritance): Promise<Minter | undefined> {
    const client = await records.get(clientKind, id);
    if (client === undefined) return undefined;
    const standing = await standingOfClient(records, { makers: makers && [...makers], userId });
    if (!clientIsValid(client, standing, clock())) return undefined;
    const { role } = heldWithin(limitsOfClient(client, standing), { ladder, scopes });
    return { role, rights: rightsOfClient(client, standing) };
  }

  /** Scopes of a token that was minted with a credential that may hold less than its owner. */
  function scopeOf({ kind, via, role, scopes: held }: Principal): string | undefined {
    if (via === 'command') return undefined;
    const isPerson = kind === 'user' && via !== 'api-token';
    const holdsAll = scopes.heldBy(role).every((scope) => held.includes(scope));
    return isPerson && holdsAll ? undefined : held.join(' ');
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
