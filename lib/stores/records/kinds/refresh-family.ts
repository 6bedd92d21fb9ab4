import { z } from 'zod';
import { name, whole } from '../fields.ts';
import { kind } from '../kind.ts';

const schema = z.object({
  /** The id of the session whose tokens these are: a session has one family. */
  id: name,
  userId: name,
  /** The client that they were issued to; absent: the public one. */
  clientId: name.optional(),
  /** The scopes of its access tokens; absent: all of the user's. */
  scopes: z.array(name).optional(),
  /** SHA-256 of the part that all tokens of the family begin with: unique. */
  handle: name,
  /** SHA-256 of the token that is valid. */
  hash: name,
  /** SHA-256 of the token before it. */
  previous: name.optional(),
  rotatedAt: whole,
  /** How many rotations there were since `since`: more than a minute holds are refused. */
  pace: z.object({ since: whole, count: whole }),
  createdAt: whole,
  expiresAt: whole,
});

export type RefreshFamilyRecord = Readonly<z.infer<typeof schema>>;

/** The refresh tokens of one sign-in: one record, whatever the number of rotations. */
export const refreshFamilyKind = kind<RefreshFamilyRecord>({
  name: 'refresh-family',
  version: 1,
  migrations: [],
  schema,
  keys: { handle: ({ handle }) => handle },
  owner: ({ userId }) => userId,
  expiry: ({ expiresAt }) => expiresAt,
  orders: {},
});
