import type { UserQuery } from '../services.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import { longestPage, type Page, pageSize } from '../stores/records/page.ts';
import type { Records, Versioned } from '../stores/records/records.ts';
import { nameKey } from './names.ts';

/** At most about so many users are read for one page. A page that ends there holds fewer than asked for, and has a `next`. */
const mostRead = 1000;

type Users = Page<Versioned<UserRecord>>;

/** The next page in the store. */
function read(records: Records, { cursor, limit, q, role, state }: UserQuery): Promise<Users> {
  const isFiltered = role !== undefined || state !== undefined;
  return records.list(userKind, {
    limit: isFiltered ? longestPage : pageSize(limit),
    order: 'name',
    ...(cursor !== undefined && { after: cursor }),
    ...(q !== undefined && q !== '' && { prefix: nameKey(q) }),
  });
}

const fits = (user: UserRecord, { role, state }: UserQuery): boolean =>
  (role ?? user.role) === user.role && (state ?? user.state) === user.state;

/** Lists users by name. Role and state change, so there is no order of them: they are looked at one by one. */
export async function listUsers(records: Records, query: UserQuery): Promise<Users> {
  const size = pageSize(query.limit);
  const items: Versioned<UserRecord>[] = [];
  let cursor = query.cursor;
  for (let looked = 0; ; ) {
    const page = await read(records, { ...query, cursor });
    const found = page.items.filter((user) => fits(user, query));
    const last = found[size - items.length - 1];
    items.push(...found.slice(0, size - items.length));
    const isMore = page.next !== undefined || last !== page.items.at(-1);
    if (last !== undefined) return isMore ? { items, next: last.nameKey } : { items };
    looked += page.items.length;
    if (page.next === undefined || looked >= mostRead) return { ...page, items };
    cursor = page.next;
  }
}
