import { z } from 'zod';
import type { Core } from '../../core.ts';
import type { Credential } from '../../request/extract/credential.ts';
import type { Principal } from '../../types.ts';

/** What introspection tells of a token (RFC 7662, 2.2). Times are in seconds since the epoch. */
export const introspection = z.object({
  active: z.boolean(),
  scope: z.string().optional(),
  client_id: z.string().optional(),
  username: z.string().optional().describe('Absent for an access token of a client.'),
  token_type: z.literal('Bearer').optional().describe('Absent for a refresh token, which no API accepts.'),
  exp: z.number().int().optional(),
  iat: z.number().int().optional(),
  sub: z.string().optional(),
  aud: z.string().optional(),
  iss: z.string().optional(),
  jti: z.string().optional(),
  role: z.string().optional().describe('The role that the token has now.'),
});

type Introspection = z.input<typeof introspection>;

export const inactive: Introspection = Object.freeze({ active: false });

const seconds = (at: number | undefined): number | undefined => (at === undefined ? undefined : Math.floor(at / 1000));

/** The fields that follow from the principal of a token. */
const ofPrincipal = ({ kind, id, name, role, scopes, expiresAt }: Principal) => ({
  active: true,
  scope: scopes.join(' '),
  username: kind === 'user' ? name : undefined,
  exp: seconds(expiresAt),
  sub: id,
  role,
});

async function principalOf(core: Core, credential: Credential): Promise<Principal | undefined> {
  const outcome = await core.authenticate(credential);
  return outcome.kind === 'principal' ? outcome.principal : undefined;
}

async function ofApiToken(core: Core, token: string): Promise<Introspection | undefined> {
  const principal = await principalOf(core, { kind: 'api-token', token });
  if (principal === undefined) return undefined;
  return { ...ofPrincipal(principal), token_type: 'Bearer', iss: core.issuer, jti: principal.tokenId };
}

async function ofAccessToken(core: Core, token: string): Promise<Introspection | undefined> {
  const principal = await principalOf(core, { kind: 'access-token', token });
  if (principal === undefined) return undefined;
  const verified = await core.verifyAccessToken(token);
  if (!verified.ok) return undefined;
  const { clientId, iat, jti } = verified.value;
  const { issuer } = core;
  return { ...ofPrincipal(principal), token_type: 'Bearer', client_id: clientId, iat, aud: issuer, iss: issuer, jti };
}

/** Nothing is spent, and nothing is ended: who introspects a spent token need not be who has used it. */
async function ofRefreshToken(core: Core, token: string): Promise<Introspection | undefined> {
  const found = await core.accessTokens.standingOf(token);
  if (found === undefined) return undefined;
  const { user, clientId, scopes, roleCeiling: ceiling, issuedAt, expiresAt } = found;
  const principal = core.principals.ofUser(user, { via: 'access-token', scopes, ceiling, expiresAt });
  return { ...ofPrincipal(principal), client_id: clientId, iat: seconds(issuedAt), iss: core.issuer };
}

/** What a token stands for; undefined when it is not valid here and now. Its form says what kind of token it is. */
export function introspected(core: Core, token: string): Promise<Introspection | undefined> {
  if (token.startsWith('gwt_')) return ofApiToken(core, token);
  return token.startsWith('gwr_') ? ofRefreshToken(core, token) : ofAccessToken(core, token);
}
