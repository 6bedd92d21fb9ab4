import type { FieldProblem } from '../errors.ts';
import type { Ladder, Principal, ScopeTable } from '../types.ts';

/** The restrictions that are requested for a new token. `expiresAt` is in milliseconds since the epoch. */
export type Wish = Readonly<{
  role?: string | undefined;
  scopes?: readonly string[] | undefined;
  expiresAt?: number | undefined;
}>;

/** Whether the maker's own credential may hold less than its owner. */
const isNarrow = ({ via }: Principal) => via !== 'session' && via !== 'command';

/** Whose token it is to be, who makes it, and until when it may live (in milliseconds since the epoch; absent: for ever). */
export type Bounds = Readonly<{ ownerRole: string; maker: Principal; until?: number | undefined }>;

/** Checks what is requested for a new token, and decides what it is granted. */
export interface Narrowing {
  problems(wish: Wish, bounds: Bounds, now: number): readonly FieldProblem[];
  grant(wish: Wish, bounds: Bounds): Wish;
}

/** A token holds at most what its owner and its maker hold. */
export function narrowing(ladder: Ladder, scopes: ScopeTable): Narrowing {
  /** The highest role that can be granted: the command line may grant any up to the owner's. */
  const ceilingOf = (ownerRole: string, maker: Principal) =>
    maker.via === 'command' ? ownerRole : ladder.lower(ownerRole, maker.role);

  function problemOfRole(role: unknown, ceiling: string): string | undefined {
    if (typeof role !== 'string' || !ladder.has(role)) return `must be one of ${ladder.names.join(', ')}`;
    return ladder.position(role) > ladder.position(ceiling) ? 'is above what you hold' : undefined;
  }

  function problemOfScopes(wanted: unknown, role: string, maker: Principal): string | undefined {
    if (!Array.isArray(wanted)) return 'must be a list of scopes';
    const [ofMaker, ofRole] = [maker.via === 'command' ? scopes.names : maker.scopes, scopes.heldBy(role)];
    for (const scope of wanted) {
      if (typeof scope !== 'string' || !scopes.has(scope)) return 'holds a scope that is not declared';
      if (!ofMaker.includes(scope)) return `holds ${scope}, which you do not`;
      if (!ofRole.includes(scope)) return `holds ${scope}, which the role ${role} may not`;
    }
    return undefined;
  }

  function problemOfExpiry(expiresAt: unknown, until: number | undefined, now: number): string | undefined {
    if (typeof expiresAt !== 'number' || !Number.isSafeInteger(expiresAt)) return 'must be a time';
    if (expiresAt <= now) return 'is in the past';
    return expiresAt > (until ?? expiresAt) ? 'is after the end of the token that makes it' : undefined;
  }

  return {
    problems({ role, scopes: wanted, expiresAt }, { ownerRole, maker, until }, now) {
      const ceiling = ceilingOf(ownerRole, maker);
      const roleProblem = role === undefined ? undefined : problemOfRole(role, ceiling);
      const effective = role === undefined || roleProblem !== undefined ? ceiling : role;
      const found = {
        role: roleProblem,
        scopes: wanted === undefined ? undefined : problemOfScopes(wanted, effective, maker),
        expires_at: expiresAt === undefined ? undefined : problemOfExpiry(expiresAt, until, now),
      };
      return Object.entries(found).flatMap(([field, problem]) =>
        problem === undefined ? [] : [{ field, message: problem }],
      );
    },
    grant({ role, scopes: wanted, expiresAt }, { ownerRole, maker, until }) {
      const ceiling = ceilingOf(ownerRole, maker);
      const lower = ladder.position(ceiling) < ladder.position(ownerRole);
      // Stored even if it is everything that exists today: scopes declared later are not granted by this maker.
      const narrowRole = isNarrow(maker) || lower ? ceiling : undefined;
      const narrowScopes = isNarrow(maker) ? scopes.narrow(maker.scopes, role ?? ceiling) : undefined;
      return {
        role: role ?? narrowRole,
        scopes: wanted ?? narrowScopes,
        expiresAt: expiresAt ?? until,
      };
    },
  };
}
