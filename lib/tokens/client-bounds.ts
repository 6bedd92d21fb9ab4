import type { FieldProblem } from '../errors.ts';
import type { ClientEdit, NewClient } from '../services.ts';
import { type ClientRecord, publicClient } from '../stores/records/kinds/client.ts';
import type { Actor, Ladder, Principal, ScopeTable } from '../types.ts';
import { problemOfName } from './client-rules.ts';
import { narrowing, type Wish } from './narrow.ts';

const idForm = 'must be 1 to 63 of a-z, 0-9, ".", "_" and "-", and begin with a letter or digit';

const problem = (field: string, message: string | undefined): readonly FieldProblem[] =>
  message === undefined ? [] : [{ field, message }];

/** What an actor may give to a client: no role and no scope that they do not hold. Without one the program acts. */
export function clientBounds({ ladder, scopes }: Readonly<{ ladder: Ladder; scopes: ScopeTable }>) {
  const narrow = narrowing(ladder, scopes);
  const highest = ladder.rung('admin');
  const defaultRole = ladder.rung('viewer');
  const program: Principal = { kind: 'user', id: '', name: '', role: highest, scopes: [], via: 'command' };

  const makerOf = (by: Actor | undefined): Principal => by?.principal ?? program;

  const problemsOfGrant = (wish: Wish, by: Actor | undefined, until: number | undefined, now: number) =>
    narrow.problems(wish, { ownerRole: highest, maker: makerOf(by), until }, now);

  /** Whether the actor may change a client that holds this role. */
  function mayManage(by: Actor | undefined, { role }: Pick<ClientRecord, 'role'>): boolean {
    const maker = makerOf(by);
    return maker.via === 'command' || ladder.position(maker.role) >= ladder.position(role);
  }

  /** Whether the actor holds all that the client does, so that a secret of it gives them nothing more. */
  function holdsAllOf(by: Actor | undefined, client: Pick<ClientRecord, 'role' | 'scopes'>): boolean {
    const maker = makerOf(by);
    if (!mayManage(by, client)) return false;
    return (
      maker.via === 'command' || scopes.narrow(client.scopes, client.role).every((one) => maker.scopes.includes(one))
    );
  }

  /** The scopes that an edit names for the first time, or that take effect by it. */
  function scopesGranted(client: ClientRecord, { role, active, scopes: wanted }: ClientEdit & { role: string }) {
    const listed = wanted ?? client.scopes;
    const held = client.state === 'active' ? scopes.narrow(client.scopes, client.role) : [];
    const isActive = active ?? client.state === 'active';
    const inEffect = isActive ? scopes.narrow(listed, role) : [];
    const named = listed.filter((scope) => !client.scopes.includes(scope));
    return [...named, ...inEffect.filter((scope) => !held.includes(scope))];
  }

  return {
    defaultRole,
    mayManage,
    holdsAllOf,
    isLower: (role: string, than: string): boolean => ladder.position(role) < ladder.position(than),
    /** `key`: of the client's id, `undefined` when it has not the form of one. */
    problemsOfNew(
      { clientId, name, role = defaultRole, scopes: wanted, expiresAt }: NewClient,
      key: string | undefined,
      by: Actor | undefined,
      { until, now }: Readonly<{ until: number | undefined; now: number }>,
    ): readonly FieldProblem[] {
      const isReserved = clientId === publicClient;
      return [
        ...problem('client_id', key === undefined ? idForm : isReserved ? 'is reserved' : undefined),
        ...problem('name', problemOfName(name)),
        ...problemsOfGrant({ role, scopes: wanted, expiresAt }, by, until, now),
      ];
    },
    /**
     * Scopes that the client holds already are not granted once more. A higher role, and activation, grant those that the client
     * lists and does not hold without them.
     */
    problemsOfEdit(
      client: ClientRecord,
      edit: ClientEdit,
      by: Actor | undefined,
      now: number,
    ): readonly FieldProblem[] {
      const { name, scopes: wanted } = edit;
      const role = edit.role ?? (ladder.has(client.role) ? client.role : ladder.rung('anony'));
      const named = name === undefined ? [] : problem('name', problemOfName(name));
      if (wanted !== undefined && !Array.isArray(wanted))
        return [...named, ...problem('scopes', 'must be a list of scopes')];
      const granted = scopesGranted(client, { ...edit, role });
      return [...named, ...problemsOfGrant({ role, scopes: granted }, by, undefined, now)];
    },
  };
}
