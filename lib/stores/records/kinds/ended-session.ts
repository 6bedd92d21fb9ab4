import { z } from 'zod';
import { name, whole } from '../fields.ts';
import { kind } from '../kind.ts';

const schema = z.object({
  /** The public id of the session. */
  id: name,
  /** Absent when the session store did not know the session, which was named by its cookie. */
  userId: name.optional(),
  endedAt: whole,
  /** When the session would have been over anyway. */
  until: whole,
});

export type EndedSessionRecord = Readonly<z.infer<typeof schema>>;

/** A session that was ended before its time. It is refused even if the session store has it: that may restart with old data. */
export const endedSessionKind = kind<EndedSessionRecord>({
  name: 'ended-session',
  version: 1,
  migrations: [],
  schema,
  keys: {},
  owner: ({ userId }) => userId,
  expiry: ({ until }) => until,
  orders: {},
  tells: 'session',
});
