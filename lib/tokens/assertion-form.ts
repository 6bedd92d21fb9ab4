import { hash } from 'node:crypto';

/** The `typ` of assertions, which no access token has: an assertion is not accepted as a bearer token. */
export const assertionType = 'gatewarden-assertion+jwt';

/** The lifetime of an assertion in seconds. */
export const assertionLifetime = 60;

/** `sub` of the assertion for an anonymous request, whose `name` is empty. */
export const anonymousSubject = 'anonymous';

/** The request that a strict assertion is for. */
export type RequestBinding = Readonly<{
  method: string;
  /** The request target as the upstream receives it, query included; one character a byte, as `req.url` in Node. */
  target: string;
}>;

/** The `target_hash` of a strict assertion: SHA-256 of the bytes of the request target, as base64url without padding. */
export const targetHash = (target: string): string => hash('sha256', Buffer.from(target, 'latin1'), 'base64url');
