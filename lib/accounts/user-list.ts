import { userWithName } from '../services/named-user.ts';
import type { UserQuery, Users } from '../services.ts';
import { type UserRecord, userKind, userOrders } from '../stores/records/kinds/user.ts';
import { type Page, pageSize } from '../stores/records/page.ts';
import type { Records, Versioned } from '../stores/records/records.ts';
import { nameKey } from './names.ts';
import { viewOf } from './view.ts';

/** The most users that are counted. */
const mostCounted = 1000;

type UserPage = Page<Versioned<UserRecord>>;
type Filter = Pick<UserQuery, 'role' | 'state'>;

/** The order in which the users of a role and state stand together by name, and what its texts begin with. */
function orderFor({ role, state }: Filter): Readonly<{ order: string; start: string }> {
  if (role !== undefined && state !== undefined) {
    return { order: 'roleState', start: userOrders.roleState({ role, state }) };
  }
  if (role !== undefined) return { order: 'role', start: userOrders.role({ role }) };
  return state === undefined ? { order: 'name', start: '' } : { order: 'state', start: userOrders.state({ state }) };
}

/** The one user with an address, if the query selects them. */
async function withAddress(records: Records, { email = '', q = '', role, state }: UserQuery): Promise<UserPage> {
  const user = await records.byKey(userKind, 'email', nameKey(email));
  const fits =
    user?.nameKey.startsWith(nameKey(q)) && (role ?? user.role) === user.role && (state ?? user.state) === user.state;
  return { items: user !== undefined && fits === true ? [user] : [] };
}

/** Lists users by name. A cursor is a name, whatever the filter. */
async function listUsers(records: Records, query: UserQuery): Promise<UserPage> {
  if (query.email !== undefined) return withAddress(records, query);
  const { order, start } = orderFor(query);
  const { items, next } = await records.list(userKind, {
    order,
    limit: pageSize(query.limit),
    prefix: `${start}${nameKey(query.q ?? '')}`,
    ...(query.cursor !== undefined && { after: `${start}${query.cursor}` }),
  });
  return { items, ...(next !== undefined && { next: next.slice(start.length) }) };
}

/** The verbs of `gate.users` that read. */
export const userReading = (records: Records): Pick<Users, 'get' | 'list' | 'count'> => ({
  async get(username) {
    const user = await userWithName(records, username);
    return user && viewOf(user);
  },
  async list(query = {}) {
    const page = await listUsers(records, query);
    return { ...page, items: page.items.map(viewOf) };
  },
  async count(query = {}) {
    const { order, start } = orderFor(query);
    return records.count(userKind, { order, prefix: `${start}${nameKey(query.q ?? '')}`, most: mostCounted });
  },
});
