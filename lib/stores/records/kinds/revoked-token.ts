import { z } from 'zod';
import { name, whole } from '../fields.ts';
import { kind } from '../kind.ts';

const schema = z.object({
  /** The `jti` of the access token. */
  id: name,
  /** When the token would have expired anyway. */
  until: whole,
});

export type RevokedTokenRecord = Readonly<z.infer<typeof schema>>;

/**
 * A client's access token that was revoked before it expired. Those of users end with their session instead. Told as the note
 * of an ended session is: that there is none is no newer than the message.
 */
export const revokedTokenKind = kind<RevokedTokenRecord>({
  name: 'revoked-token',
  version: 1,
  migrations: [],
  schema,
  keys: {},
  expiry: ({ until }) => until,
  orders: {},
  tells: 'session',
});
