import { z } from 'zod';
import { name, whole } from '../fields.ts';
import { kind } from '../kind.ts';

const day = 86_400_000;

const schema = z.object({
  id: name,
  userId: name,
  /** Unique per user among those that have not ended. */
  name,
  /** SHA-256 of the token, base64url: unique. */
  hash: name,
  /** The user's `tokenEpoch` when it was made. */
  epoch: whole,
  role: name.optional(),
  /** Absent: all of the owner's. */
  scopes: z.array(name).optional(),
  /** The tokens that it comes from, the first one first: it ends with each of them. */
  makers: z.array(name).max(8).optional(),
  createdAt: whole,
  lastUsedAt: whole.optional(),
  expiresAt: whole.optional(),
  /** When it was revoked. It is kept for a day, so that a repeated revocation finds it. */
  endedAt: whole.optional(),
});

export type ApiTokenRecord = Readonly<z.infer<typeof schema>>;

export const tokenNameKey = (userId: string, tokenName: string): string => `${userId}\n${tokenName}`;

/** A text that sorts later times first. */
const latestFirst = (time: number): string => String(Number.MAX_SAFE_INTEGER - time).padStart(16, '0');

/** What the tokens of a user that ended and had this name begin with, in the order `ended`. */
export const endedPrefix = (tokenName: string): string => `${tokenName}\n`;

export const apiTokenKind = kind<ApiTokenRecord>({
  name: 'api-token',
  version: 1,
  migrations: [],
  schema,
  keys: {
    hash: ({ hash }) => hash,
    name: (token) => (token.endedAt === undefined ? tokenNameKey(token.userId, token.name) : undefined),
  },
  owner: ({ userId }) => userId,
  expiry: ({ endedAt }) => (endedAt === undefined ? undefined : endedAt + day),
  orders: {
    name: (token) => (token.endedAt === undefined ? token.name : undefined),
    /** Of those that had one name, the one that ended last comes first. */
    ended: ({ id, name: was, endedAt }) =>
      endedAt === undefined ? undefined : `${endedPrefix(was)}${latestFirst(endedAt)}\n${id}`,
  },
  note: 'lastUsedAt',
  tells: 'token',
});
