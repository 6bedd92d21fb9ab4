import { z } from 'zod';
import { name, text, whole } from '../fields.ts';
import { kind } from '../kind.ts';

const secret = z.object({
  /** SHA-256 of the secret, base64url. */
  hash: name,
  createdAt: whole,
});

const schema = z.object({
  /** `client:` and the client id, which is lower case. */
  id: name,
  /** What people call it. */
  name: text,
  role: name,
  scopes: z.array(name),
  /** `removed`: deleted; only the id is kept, so that no other client gets it. */
  state: z.enum(['active', 'disabled', 'removed']),
  /** The valid secrets, the newest first. */
  secrets: z.array(secret).max(2),
  /** Raised by deactivation and when its tokens are ended: access tokens with an older one are refused. */
  epoch: whole,
  /** Raised with the epoch, and by a lower role: what it minted for users is refused from then on. */
  rights: whole,
  /** The API tokens and clients that it comes from, the first one first: it ends with each of them. */
  makers: z.array(name).max(8).optional(),
  /** The owner of the API tokens among its makers. */
  userId: name.optional(),
  expiresAt: whole.optional(),
  createdAt: whole,
  updatedAt: whole,
  lastUsedAt: whole.optional(),
});

export type ClientRecord = Readonly<z.infer<typeof schema>>;

const prefix = 'client:';

/** The client id of the command and of people who sign in by themselves: a public client, which has no record and no secret. */
export const publicClient = 'gatewarden';

/** The id of the record, and of the principal, of a client. */
export const clientKey = (clientId: string): string => `${prefix}${clientId}`;

/** The client id in the id of a record or a principal; `undefined` when it is no client's. */
export const clientIdIn = (id: string): string | undefined =>
  id.startsWith(prefix) ? id.slice(prefix.length) : undefined;

const clientIdForm = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** The id of the record of the client with this id; `undefined` when it has not the form of a client id. */
export const readClientKey = (clientId: unknown): string | undefined =>
  typeof clientId === 'string' && clientIdForm.test(clientId) ? clientKey(clientId) : undefined;

/** An application identity, which signs in with its id and a secret. */
export const clientKind = kind<ClientRecord>({
  name: 'client',
  version: 1,
  migrations: [],
  schema,
  keys: {},
  orders: { client: ({ id, state }) => (state === 'removed' ? undefined : id) },
  note: 'lastUsedAt',
  tells: 'token',
});
