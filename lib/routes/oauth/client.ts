import type { Answer } from '../../request/respond/write.ts';
import { publicClient } from '../../stores/records/kinds/client.ts';
import type { CallContext } from '../route.ts';
import { invalidClient, invalidRequest } from './errors.ts';
import { type ClientParameters, presentedClient } from './presented-client.ts';

/** The client of a request. `public`: it named itself or none, and has no secret. */
export type OAuthClient = Readonly<{ kind: 'public'; clientId: typeof publicClient }>;

type Authenticated = Readonly<{ ok: true; client: OAuthClient }> | Readonly<{ ok: false; answer: Answer }>;

const refuse = (answer: Answer): Authenticated => ({ ok: false, answer });
const publicOne: Authenticated = { ok: true, client: { kind: 'public', clientId: publicClient } };

/**
 * Authenticates the client of a request, by Basic or by its secret in the body. One without a secret is the public client
 * `gatewarden`, named or not. Unknown and disabled clients, wrong and missing secrets get one answer.
 */
export async function authenticateClient(
  { req }: Pick<CallContext, 'req'>,
  body: ClientParameters,
): Promise<Authenticated> {
  const presented = presentedClient(req, body);
  if (presented.kind === 'none') return publicOne;
  if (presented.kind === 'unreadable') return refuse(invalidClient);
  if (presented.kind === 'ambiguous') return refuse(invalidRequest(presented.detail));
  const { clientId, secret } = presented;
  return secret === undefined && clientId === publicClient ? publicOne : refuse(invalidClient);
}
