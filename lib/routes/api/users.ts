import { z } from 'zod';
import { refused } from '../../errors.ts';
import { json, noContent } from '../reply.ts';
import { route } from '../route.ts';
import { confirmable, pageOf, pageQuery, text, toUser, user } from '../schemas.ts';

const newUser = confirmable({
  username: text,
  password: text.optional(),
  role: text.optional(),
  active: z.boolean().optional(),
  email: text.optional(),
  display_name: text.optional(),
  reuse_name: z.boolean().optional().describe('Give the name of a deleted user again.'),
});

const userEdit = confirmable({
  password: text.optional(),
  role: text.optional(),
  active: z.boolean().optional(),
  email: text.nullable().optional(),
  display_name: text.nullable().optional(),
  end_tokens: z.boolean().optional().describe("End the user's API tokens too."),
});

/** Users. Operators may read them, admins may change them. */
export const userRoutes = [
  route({
    method: 'get',
    path: '/api/v1/users',
    summary: 'Users, by name.',
    tag: 'users',
    surface: 'own',
    guard: 'operator',
    scope: 'gatewarden:admin',
    query: z.strictObject({
      ...pageQuery,
      q: z.string().max(64).optional().describe('What names begin with.'),
      email: z.string().max(254).optional().describe('The whole address, in any case.'),
      role: z.string().max(64).optional(),
      state: z.enum(['pending', 'active', 'disabled']).optional(),
    }),
    answers: { 200: { description: 'One part of the list.', schema: pageOf(user) } },
    async handle({ core, query }) {
      const page = await core.users.list(query);
      return json(200, { items: page.items.map(toUser), next_cursor: page.next ?? null });
    },
  }),
  route({
    method: 'post',
    path: '/api/v1/users',
    summary: 'Make a user.',
    tag: 'users',
    surface: 'own',
    guard: 'admin',
    scope: 'gatewarden:admin',
    confirm: true,
    body: { as: 'json', schema: newUser },
    answers: { 201: { description: 'Made.', schema: user } },
    refusals: ['conflict'],
    async handle({ core, prefix, body, actor }) {
      const { display_name: displayName, reuse_name: reuseName, current_password: _, ...rest } = body;
      const made = await core.users.create({ ...rest, displayName, reuseName }, actor);
      if (!made.ok) return made;
      const location = `${prefix}/api/v1/users/${encodeURIComponent(made.value.username)}`;
      return json(201, toUser(made.value), { Location: location });
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/users/{username}',
    summary: 'One user.',
    tag: 'users',
    surface: 'own',
    guard: 'operator',
    scope: 'gatewarden:admin',
    answers: { 200: { description: 'The user.', schema: user } },
    refusals: ['not_found'],
    async handle({ core, params }) {
      const found = await core.users.get(params.username ?? '');
      return found ? json(200, toUser(found)) : refused('not_found');
    },
  }),
  route({
    method: 'patch',
    path: '/api/v1/users/{username}',
    summary: 'Change a user; null takes an address or a display name away.',
    tag: 'users',
    surface: 'own',
    guard: 'admin',
    scope: 'gatewarden:admin',
    confirm: true,
    body: { as: 'json', schema: userEdit },
    answers: { 200: { description: 'As it is now.', schema: user } },
    refusals: ['not_found', 'conflict'],
    async handle({ core, params, body, actor }) {
      const { display_name: displayName, end_tokens: endTokens, current_password: _, ...rest } = body;
      const edited = await core.users.edit(params.username ?? '', { ...rest, displayName, endTokens }, actor);
      return edited.ok ? json(200, toUser(edited.value)) : edited;
    },
  }),
  route({
    method: 'delete',
    path: '/api/v1/users/{username}',
    summary: 'Delete a user and all that they hold. The name is not given again.',
    tag: 'users',
    surface: 'own',
    guard: 'admin',
    scope: 'gatewarden:admin',
    confirm: true,
    body: { as: 'json', schema: confirmable({}) },
    answers: { 204: { description: 'Deleted.' } },
    refusals: ['not_found', 'conflict'],
    async handle({ core, params, actor }) {
      const removed = await core.users.remove(params.username ?? '', actor);
      return removed.ok ? noContent() : removed;
    },
  }),
  route({
    method: 'post',
    path: '/api/v1/users/{username}/end',
    summary: 'End all that a user is signed in with.',
    tag: 'users',
    surface: 'own',
    guard: 'admin',
    scope: 'gatewarden:admin',
    confirm: true,
    body: {
      as: 'json',
      schema: confirmable({ tokens: z.boolean().optional().describe('False: API tokens stay valid.') }),
    },
    answers: { 204: { description: 'Ended.' } },
    refusals: ['not_found'],
    async handle({ core, params, body, actor }) {
      const ended = await core.users.endAll(params.username ?? '', { tokens: body.tokens }, actor);
      return ended.ok ? noContent() : ended;
    },
  }),
];
