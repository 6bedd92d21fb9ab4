import { z } from 'zod';
import { name, text, whole } from '../fields.ts';
import { kind } from '../kind.ts';

/** For this long after its end, in milliseconds, a request is kept, so that its device learns that it has expired. */
const keptFor = 600_000;

const schema = z.object({
  /** SHA-256 of the device code, base64url. */
  id: name,
  /** SHA-256 of the user code as it is compared: unique. */
  userCodeHash: name,
  clientId: name,
  /** The most that its tokens hold. Absent: all of the approver's. */
  scopes: z.array(name).optional(),
  /** Where the device asks from. */
  address: text,
  agent: text.optional(),
  createdAt: whole,
  expiresAt: whole,
  /** When the device asked last, and how long it must wait in between, in milliseconds. */
  polledAt: whole.optional(),
  interval: whole,
  denied: z.boolean().optional(),
  /** Who approved it, their epoch then, and when; `typed`: with their password. */
  approval: z.object({ userId: name, epoch: whole, at: whole, typed: z.boolean() }).optional(),
});

export type DeviceGrantRecord = Readonly<z.infer<typeof schema>>;

/** A device that waits for somebody to let it sign in as them (RFC 8628). It is removed when it gets its tokens. */
export const deviceGrantKind = kind<DeviceGrantRecord>({
  name: 'device-grant',
  version: 1,
  migrations: [],
  schema,
  keys: { code: ({ userCodeHash }) => userCodeHash },
  expiry: ({ expiresAt }) => expiresAt + keptFor,
  orders: {},
});
