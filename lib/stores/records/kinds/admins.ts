import { z } from 'zod';
import { name, whole } from '../fields.ts';
import { kind } from '../kind.ts';

const schema = z.object({
  id: z.literal('admins'),
  /** The ids of the active admins. A user is one only as a member: left before the user changes, joined after. */
  members: z.array(name),
  /** Who is being created as the first admin, and since when. */
  claim: z.object({ userId: name, at: whole }).optional(),
});

export type AdminsRecord = Readonly<z.infer<typeof schema>>;

/** One record: who is an active admin. One write decides which of two admins may still go. */
export const adminsKind = kind<AdminsRecord>({
  name: 'admins',
  version: 1,
  migrations: [],
  schema,
  keys: {},
  orders: {},
});
