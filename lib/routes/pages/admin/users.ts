import { z } from 'zod';
import type { Core } from '../../../core.ts';
import { type ShownUser, userStates, usersPage } from '../../../pages/admin/users.ts';
import type { UserQuery } from '../../../services.ts';
import { html } from '../../reply.ts';
import { type CallContext, route } from '../../route.ts';
import { field, page, viewerFrameOf } from '../page.ts';
import { newUserRoutes } from './new-user.ts';
import { userRoutes } from './user.ts';
import { userQuestionRoutes } from './user-questions.ts';
import { mayChangeUsers } from './user-rights.ts';
import { usersAtOnceRoutes } from './users-at-once.ts';

/** How many of those that wait stand above the list. */
const waitingShown = 5;

type Query = Readonly<{ q?: string | undefined; role?: string | undefined; state?: ShownUser['state'] | undefined }>;

/** The first page has the user with this address on top, if there is one. */
async function listed({ users }: Core, query: UserQuery) {
  const { q, cursor } = query;
  const found = await users.list(query);
  if (q === undefined || cursor !== undefined || !q.includes('@')) return found;
  const { role, state } = query;
  const { items: withAddress } = await users.list({ email: q, role, state });
  const others = found.items.filter(({ id }) => withAddress.every((one) => one.id !== id));
  return { ...found, items: [...withAddress, ...others] };
}

/** Those that wait for activation: above the first page of all users. */
async function waitingOf({ users }: Core) {
  const count = await users.count({ state: 'pending' });
  if (count === 0) return undefined;
  const { items } = await users.list({ state: 'pending', limit: waitingShown });
  return { users: items, count, isMore: count >= 1000 };
}

/** The address of the list with a filter. */
function listAddress({ prefix }: CallContext, filter: Query, more: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries({ ...filter, ...more }).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given);
  return `${prefix}/admin/users${search.size > 0 ? `?${search}` : ''}`;
}

const listRoute = route({
  method: 'get',
  path: '/admin/users',
  summary: 'Users by name, those that wait for activation on top; filtered by name, address, role and state.',
  tag: 'pages',
  surface: 'own',
  guard: 'operator',
  scope: 'gatewarden:admin',
  query: z.object({
    q: field,
    role: field,
    state: z.enum(userStates).optional().catch(undefined),
    cursor: field,
    done: field,
  }),
  answers: { 200: page('One part of the list.') },
  async handle(call) {
    const { core, query } = call;
    const { cursor, done, ...given } = query;
    const filter = { ...given, q: given.q?.trim() || undefined };
    const frame = viewerFrameOf(call);
    const found = await listed(core, { ...filter, cursor });
    const isWhole = cursor === undefined && Object.values(filter).every((value) => value === undefined);
    const shown = usersPage(frame, {
      ...{ users: found.items, filter, roles: core.ladder.names, mayChange: mayChangeUsers(call) },
      waiting: isWhole ? await waitingOf(core) : undefined,
      notice: done === 'deleted' ? frame.words.text('users.isDeleted') : undefined,
      next: found.next === undefined ? undefined : listAddress(call, filter, { cursor: found.next }),
      first: cursor === undefined ? undefined : listAddress(call, filter),
    });
    return html(200, shown);
  },
});

/** The pages of users. */
export const adminUsersRoutes = [
  listRoute,
  ...newUserRoutes,
  ...userRoutes,
  ...userQuestionRoutes,
  ...usersAtOnceRoutes,
];
