import type { ErrorCode, Refusal } from '../../errors.ts';

/** The error codes of RFC 6750, 3.1. Other refusals have none, since no Bearer token was presented. */
const bearerErrors: Partial<Record<ErrorCode, string>> = {
  malformed_credential: 'invalid_request',
  invalid_token: 'invalid_token',
  token_expired: 'invalid_token',
  token_revoked: 'invalid_token',
  insufficient_scope: 'insufficient_scope',
};

const quoted = (text: string): string => `"${text.replace(/[^\x20-\x7e]/g, '').replace(/["\\]/g, '\\$&')}"`;

/**
 * The value of `WWW-Authenticate` (RFC 6750) for a refusal: always for 401, and for 400 and 403 when the Bearer token
 * is to blame; `undefined` for the rest.
 */
export function challenge(refusal: Refusal, status: number, realm?: string): string | undefined {
  const error = bearerErrors[refusal.code];
  if (status !== 401 && error === undefined) return undefined;
  const parameters = [
    realm === undefined ? undefined : `realm=${quoted(realm)}`,
    error === undefined ? undefined : `error="${error}"`,
    refusal.scope === undefined ? undefined : `scope=${quoted(refusal.scope)}`,
  ].filter((parameter) => parameter !== undefined);
  return parameters.length === 0 ? 'Bearer' : `Bearer ${parameters.join(', ')}`;
}

/** A Basic challenge (RFC 7617): the password is an API token, the name may be anything. */
export const basicChallenge = 'Basic realm="API token as password", charset="UTF-8"';
