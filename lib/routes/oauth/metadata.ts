import { z } from 'zod';
import { json } from '../reply.ts';
import { type Call, type CallContext, route } from '../route.ts';
import { grantTypes } from './grants.ts';

/** RFC 8414, 2. */
const metadata = z.looseObject({
  issuer: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  response_types_supported: z.array(z.string()),
});

const byClient = ['client_secret_basic', 'client_secret_post'];

/** The URL that our routes are below. Without `PUBLIC_URL` only this machine is served, by the name that it was asked with. */
export const baseOf = ({ core, source, prefix }: Pick<CallContext, 'core' | 'source' | 'prefix'>): string =>
  `${core.settings.publicUrl ?? `${source.proto}://${source.host}`}${prefix}`;

function metadataOf(call: Call): z.input<typeof metadata> {
  const { core } = call;
  const base = baseOf(call);
  return {
    issuer: core.issuer,
    token_endpoint: `${base}/oauth/token`,
    device_authorization_endpoint: `${base}/oauth/device_authorization`,
    token_endpoint_auth_methods_supported: [...byClient, 'none'],
    grant_types_supported: grantTypes(core.settings),
    // There is no authorization endpoint.
    response_types_supported: [],
    scopes_supported: core.scopes.names,
    jwks_uri: `${base}/jwks.json`,
    introspection_endpoint: `${base}/oauth/introspect`,
    introspection_endpoint_auth_methods_supported: [...byClient, 'Bearer'],
    revocation_endpoint: `${base}/oauth/revoke`,
    revocation_endpoint_auth_methods_supported: [...byClient, 'none'],
  };
}

/** Below the pages; `wellKnownRoutes` serves it at the root of the host, too. */
export const metadataRoute = '/.well-known/oauth-authorization-server';

export const metadataRoutes = [
  route({
    method: 'get',
    path: metadataRoute,
    summary: 'What OAuth clients need to know of this server (RFC 8414).',
    tag: 'oauth',
    surface: 'sign-in',
    guard: 'anyone',
    answers: { 200: { description: 'The metadata.', schema: metadata } },
    handle: async (call) => json(200, metadataOf(call)),
  }),
];
