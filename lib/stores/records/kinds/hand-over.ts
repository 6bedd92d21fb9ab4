import { z } from 'zod';
import { name, whole } from '../fields.ts';
import { kind } from '../kind.ts';

const schema = z.object({
  /** SHA-256 of the code, base64url. */
  id: name,
  /** The host that may redeem it: lower case, without a port. */
  hostname: name,
  /** The path to go on to. */
  target: name,
  /** SHA-256 of the secret that the browser has in a cookie of that host, base64url. */
  binding: name,
  /** The secret id of the session, encrypted. */
  session: name,
  expiresAt: whole,
});

export type HandOverRecord = Readonly<z.infer<typeof schema>>;

/** A session that `PUBLIC_URL` hands over to another host by a one-time code. It is removed by the first attempt to redeem it. */
export const handOverKind = kind<HandOverRecord>({
  name: 'hand-over',
  version: 1,
  migrations: [],
  schema,
  keys: {},
  expiry: ({ expiresAt }) => expiresAt,
  orders: {},
});
