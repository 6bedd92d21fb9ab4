import { compare, type Effort } from './compare.ts';
import { startScript } from './contenders/index.ts';
import { startTokenEndpoint } from './contenders/token-endpoint.ts';

/** For wrk: a client that asks for its own token (RFC 6749, 4.4). */
const request = {
  path: '/oauth/token',
  script: `
wrk.method = 'POST'
wrk.body = 'grant_type=client_credentials'
wrk.headers['Content-Type'] = 'application/x-www-form-urlencoded'
`,
};

/** Tokens for client credentials beside a bare handler that signs the same JWT. */
export async function benchToken(effort: Effort): Promise<void> {
  const ours = await startTokenEndpoint();
  const bare = await startScript(0, './bare-token.ts');
  const contenders = [
    // The very same request: parsing a header is no part of what is compared.
    { name: 'bare node:http, signs with jose', headers: ours.headers, ...bare, ...request },
    { name: 'gatewarden, client_credentials', ...ours, ...request },
  ];
  try {
    await compare('A token for a client’s id and secret', contenders, effort);
  } finally {
    await Promise.all(contenders.map((one) => one.stop()));
  }
}
