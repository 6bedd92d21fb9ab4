import { createHmac, createPrivateKey, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { keyring } from '../../lib/crypto/keyring.ts';
import { secretBox } from '../../lib/crypto/secret-box.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A part of a token, as JSON. */
export const jsonIn = (part: string | undefined): Json =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Json;

const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const input = (header: unknown, claims: unknown): string => `${encoded(header)}.${encoded(claims)}`;

/** Header and claims, an object or the very text of one, with this signature behind them. */
export const withSignature = (header: unknown, claims: unknown, signature: string): string =>
  `${input(header, claims)}.${signature}`;

/** Signed with an Ed25519 key. */
export const signed = (header: unknown, claims: unknown, key: KeyObject): string =>
  withSignature(header, claims, sign(null, Buffer.from(input(header, claims)), key).toString('base64url'));

/** "Signed" with HMAC-SHA-256, as if the secret were one. */
export const hmacked = (header: unknown, claims: unknown, secret: string | Buffer): string =>
  withSignature(header, claims, createHmac('sha256', secret).update(input(header, claims)).digest('base64url'));

/** The signing key of an installation, as whoever has both its store and its secret key would find it. */
export function stolenKey(dataDir: string, secretKey: string): KeyObject {
  const database = new DatabaseSync(join(dataDir, 'gatewarden.db'), { readOnly: true });
  const row = database.prepare("SELECT record ->> 'sealed' AS sealed FROM signing_key").get();
  database.close();
  const jwk = secretBox(keyring([secretKey]).derive('signing-keys')).open(String(row?.sealed)) ?? '{}';
  return createPrivateKey({ key: JSON.parse(jwk) as JsonWebKey, format: 'jwk' });
}
