import { createHash } from 'node:crypto';
import { sha256 } from '../../lib/crypto/digest.ts';
import { keyring } from '../../lib/crypto/keyring.ts';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { signSessionId } from '../../lib/session/signed-cookie.ts';
import type { UserRecord } from '../../lib/stores/records/kinds/user.ts';
import type { SessionRecord } from '../../lib/stores/sessions.ts';

/** Names begin with one of these, in turn: of a thousand users, more than a page begins with each. */
export const initials = 'abcdefgh';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** In an order that tells nothing: neighbours in time are no neighbours in an index. */
export const nameOf = (n: number): string =>
  `${initials[n % initials.length]}${digest(`name ${n}`).slice(0, 6)}${n.toString(36)}`;

export const userIdOf = (n: number): string => `u_${digest(`user ${n}`).slice(0, 20)}`;

/** The secret half of a session, which its cookie carries. */
const secretOf = (n: number): string => digest(`session ${n}`).slice(0, 40);

export const sessionIdOf = (n: number): string => sha256(secretOf(n));

/** The `Cookie` header of the n-th user's session, as the keys of this installation sign it. */
export function cookieSigner(secretKey: string): (n: number) => string {
  const [key] = keyring([secretKey]).derive('session-cookie');
  const secret = key?.toString('base64url') ?? '';
  return (n) => `gatewarden=${encodeURIComponent(signSessionId(secretOf(n), secret))}`;
}

export const newSecretKey = makeSecretKey;

export function userOf(n: number, now: number): UserRecord {
  const nameKey = nameOf(n);
  return {
    id: userIdOf(n),
    username: `${nameKey.charAt(0).toUpperCase()}${nameKey.slice(1)}`,
    nameKey,
    role: 'viewer',
    state: 'active',
    email: `${nameKey}@people.example`,
    emailConfirmed: true,
    displayName: 'Somebody of Many',
    passwordHash: `$2b$12$${'x'.repeat(53)}`,
    epoch: 0,
    tokenEpoch: 0,
    rights: 0,
    createdAt: now,
    updatedAt: now,
    lastLoginAt: now,
  };
}

const dayMs = 86_400_000;

export function sessionOf(n: number, now: number): SessionRecord {
  return {
    id: sessionIdOf(n),
    userId: userIdOf(n),
    epoch: 0,
    kind: 'browser',
    method: 'password',
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + 7 * dayMs,
    idleAt: now + dayMs,
    remember: false,
    address: '203.0.113.7',
    agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    data: JSON.stringify({ cookie: { originalMaxAge: null, httpOnly: true, path: '/' } }),
  };
}
