import { z } from 'zod';
import { name, text, whole } from '../fields.ts';
import { kind } from '../kind.ts';

const schema = z.object({
  id: name,
  /** SHA-256 of the device code, base64url: unique. */
  deviceHash: name,
  /** SHA-256 of the user code as it is compared: unique. */
  userCodeHash: name,
  clientId: name,
  /** Where the device asks from. */
  address: text,
  agent: text.optional(),
  createdAt: whole,
  expiresAt: whole,
  /** When the device asked last, and how long it must wait in between, in milliseconds. */
  polledAt: whole.optional(),
  interval: whole,
  denied: z.boolean().optional(),
  /** Who approved it, and when; `typed`: with their password. */
  approval: z.object({ userId: name, epoch: whole, at: whole, typed: z.boolean() }).optional(),
});

export type DeviceGrantRecord = Readonly<z.infer<typeof schema>>;

/** A device that waits for somebody to let it sign in as them (RFC 8628). It is removed when it gets its tokens. */
export const deviceGrantKind = kind<DeviceGrantRecord>({
  name: 'device-grant',
  version: 1,
  migrations: [],
  schema,
  keys: { device: ({ deviceHash }) => deviceHash, code: ({ userCodeHash }) => userCodeHash },
  expiry: ({ expiresAt }) => expiresAt,
  orders: {},
});
