import { z } from 'zod';
import { mediaTypes } from '../../request/respond/media-types.ts';
import type { Answer } from '../../request/respond/write.ts';
import type { Settings } from '../../settings/settings.ts';
import type { CallContext } from '../route.ts';
import type { OAuthClient } from './client.ts';
import { clientParameters, parameter } from './parameters.ts';

/** The parameters of all grants; those that a grant does not use are ignored (RFC 6749, 3.2). */
export const grantParameters = z.object({
  ...clientParameters,
  grant_type: parameter(200),
  scope: parameter(),
  refresh_token: parameter(4096),
  username: parameter(4096),
  password: parameter(4096),
  device_code: parameter(4096),
});

export type GrantParameters = z.output<typeof grantParameters>;

/** A request for tokens by a client that has been authenticated. */
export type GrantCall = Pick<CallContext, 'core' | 'req' | 'res' | 'caller' | 'prefix'> &
  Readonly<{ client: OAuthClient; parameters: GrantParameters }>;

/** A grant of the token endpoint. */
export type Grant = Readonly<{
  /** Whether the settings allow it. Default: always. */
  isEnabled?(settings: Settings): boolean;
  issue(call: GrantCall): Promise<Answer>;
}>;

/** A successful answer of the token endpoint (RFC 6749, 5.1). */
export const tokenResponse = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number().int(),
  refresh_token: z.string().optional(),
  scope: z.string().optional(),
});

/** Tokens to answer with. `expiresAt` is in milliseconds since the epoch. */
type Issued = Readonly<{
  token: string;
  expiresAt: number;
  refreshToken?: string | undefined;
  scopes?: readonly string[] | undefined;
}>;

const headers = {
  'Content-Type': `${mediaTypes.json}; charset=utf-8`,
  'Cache-Control': 'no-store',
  Pragma: 'no-cache',
};

/** Makes the answer that holds the tokens; caches do not store it. */
export function granted({ token, expiresAt, refreshToken, scopes }: Issued): Answer {
  const response: z.input<typeof tokenResponse> = {
    access_token: token,
    token_type: 'Bearer',
    expires_in: Math.max(0, Math.round((expiresAt - Date.now()) / 1000)),
    refresh_token: refreshToken,
    scope: scopes?.join(' '),
  };
  return { status: 200, headers, body: JSON.stringify(response) };
}
