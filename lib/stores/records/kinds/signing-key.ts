import { z } from 'zod';
import { name, whole } from '../fields.ts';
import { kind } from '../kind.ts';

const schema = z.object({
  /** The key id (`kid`). */
  id: name,
  algorithm: name,
  /** The public JWK, as JSON. */
  publicJwk: name,
  /** The private JWK, sealed with `SECRET_KEY`. */
  sealed: name,
  /** One more than that of the key before: unique, so that of concurrent additions one succeeds. */
  place: whole,
  createdAt: whole,
});

export type SigningKeyRecord = Readonly<z.infer<typeof schema>>;

/** Sorts like the number. */
export const placeKey = (place: number): string => String(place).padStart(16, '0');

export const signingKeyKind = kind<SigningKeyRecord>({
  name: 'signing-key',
  version: 1,
  migrations: [],
  schema,
  keys: { place: ({ place }) => placeKey(place) },
  orders: { place: ({ place }) => placeKey(place) },
});
