import { z } from 'zod';
import { name, text, whole } from '../fields.ts';
import { kind } from '../kind.ts';

const day = 86_400_000;

const schema = z.object({
  id: name,
  /** SHA-256 of the code, base64url: unique. */
  hash: name,
  /** The role of who uses it, if the inviter may still give it. */
  role: name,
  /** How many may use it. */
  uses: whole,
  /**
   * Who uses it: named before the user is added, and `done` after that. One that is not done is free again when there is no such
   * user after a minute.
   */
  usedBy: z.array(z.object({ userId: name, at: whole, done: z.literal(true).optional() })),
  /**
   * Who made it: the id of a user or a client, with their counter of rights at that time, and the role that they acted with. Absent:
   * the program itself.
   */
  inviter: z.object({ id: name, rights: whole, role: name }).optional(),
  /** The API tokens and clients that it was made with: it ends with each of them. */
  makers: z.array(name).max(8).optional(),
  note: text.optional(),
  createdAt: whole,
  expiresAt: whole,
  /** When it was withdrawn. It is kept until it would have expired, so that an older copy of it does not come back. */
  endedAt: whole.optional(),
});

export type InvitationRecord = Readonly<z.infer<typeof schema>>;

/** A text that sorts later times first. */
const latestFirst = (time: number): string => String(Number.MAX_SAFE_INTEGER - time).padStart(16, '0');

/** A code with which people sign themselves up. */
export const invitationKind = kind<InvitationRecord>({
  name: 'invitation',
  version: 1,
  migrations: [],
  schema,
  keys: { hash: ({ hash }) => hash },
  expiry: ({ expiresAt }) => expiresAt + day,
  orders: {
    created: ({ id, createdAt, endedAt }) => (endedAt === undefined ? `${latestFirst(createdAt)}\n${id}` : undefined),
  },
});
