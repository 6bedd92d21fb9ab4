import { z } from 'zod';
import { name, text, whole } from '../fields.ts';
import { kind } from '../kind.ts';

/**
 * The session that outlives the last raise of the epoch: `id` is accepted though it carries the epoch of before (`epoch` is
 * the user's when it was kept). `was`: the id that it had, which is refused from `at` on.
 */
const keptSession = z.object({ id: name, epoch: whole, was: name.optional(), at: whole });

const schema = z.object({
  id: name,
  /** As chosen. */
  username: name,
  /** `username` in lower case: unique. */
  nameKey: name,
  role: name,
  /** `pending`: never activated. `disabled`: was active once. `removed`: deleted; only the name is kept. */
  state: z.enum(['pending', 'active', 'disabled', 'removed']),
  /** Unique by lower case where there is one. */
  email: name.optional(),
  /** The owner confirmed it, or an admin set it: upstreams may be told. */
  emailConfirmed: z.boolean(),
  displayName: text.optional(),
  /** Absent: cannot sign in with a password. */
  passwordHash: name.optional(),
  /** Raised by a change of password or activity and by "end all": sessions and their tokens with an older one are refused. */
  epoch: whole,
  /** The same for API tokens. */
  tokenEpoch: whole,
  /** Raised when the user is deactivated or given a lower role: what they minted for others is refused from then on. */
  rights: whole,
  kept: keptSession.optional(),
  createdAt: whole,
  updatedAt: whole,
  lastLoginAt: whole.optional(),
});

export type UserRecord = Readonly<z.infer<typeof schema>>;
export type UserState = UserRecord['state'];

const unlessRemoved = (user: UserRecord, text: string) => (user.state === 'removed' ? undefined : text);

/** What the texts of an order of users begin with. Neither a role nor a username holds a space. */
export const userOrders = {
  state: ({ state }: Pick<UserRecord, 'state'>): string => `${state} `,
  role: ({ role }: Pick<UserRecord, 'role'>): string => `${role} `,
  roleState: ({ role, state }: Pick<UserRecord, 'role' | 'state'>): string => `${role} ${state} `,
} as const;

export const userKind = kind<UserRecord>({
  name: 'user',
  version: 2,
  // The second version has more orders.
  migrations: [(record) => record],
  schema,
  keys: {
    name: ({ nameKey }) => nameKey,
    email: ({ email, state }) => (state === 'removed' ? undefined : email?.toLowerCase()),
  },
  orders: {
    name: (user) => unlessRemoved(user, user.nameKey),
    state: (user) => unlessRemoved(user, `${userOrders.state(user)}${user.nameKey}`),
    role: (user) => unlessRemoved(user, `${userOrders.role(user)}${user.nameKey}`),
    roleState: (user) => unlessRemoved(user, `${userOrders.roleState(user)}${user.nameKey}`),
  },
  note: 'lastLoginAt',
  tells: 'user',
});
