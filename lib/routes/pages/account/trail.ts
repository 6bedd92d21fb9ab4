import type { AuditEntry, AuditLog, Users } from '../../../services.ts';
import type { Page } from '../../../stores/records/page.ts';
import type { Principal } from '../../../types.ts';

/** Where a page of the trail begins, and how many entries it has at most. */
export type TrailQuery = Readonly<{ cursor?: string | undefined; limit: number }>;

/** Whose trail it is, and what it is read from. */
type TrailOf = Readonly<{ principal: Principal; core: Readonly<{ users: Pick<Users, 'get'>; audit: AuditLog }> }>;

/** What others did from their own devices: where they sit is theirs. */
function withoutPlace(entry: AuditEntry): AuditEntry {
  const { address: _address, agent: _agent, ...rest } = entry;
  return rest;
}

/**
 * A page of what the caller did, and of what others did to them, newest first. A name that an earlier user had before shows nothing of
 * that user: the trail begins with the account. Where the name is somebody else’s by now, while a file is sent, it ends.
 */
export async function ownTrail({ core, principal }: TrailOf, query: TrailQuery): Promise<Page<AuditEntry>> {
  const { name } = principal;
  const user = await core.users.get(name);
  if (user?.id !== principal.id) return { items: [] };
  const wanted = { ...query, from: user.createdAt };
  const pages = await Promise.all([
    core.audit.list({ ...wanted, actor: name }),
    core.audit.list({ ...wanted, subject: `user:${name}` }),
  ]);
  const found = new Map(pages.flatMap(({ items }) => items.map((entry) => [entry.id, entry] as const)));
  const sorted = [...found.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  const items = sorted.slice(0, query.limit).map((entry) => (entry.actor === name ? entry : withoutPlace(entry)));
  const hasMore = sorted.length > query.limit || pages.some(({ next }) => next !== undefined);
  return { items, ...(hasMore && { next: items.at(-1)?.id }) };
}
