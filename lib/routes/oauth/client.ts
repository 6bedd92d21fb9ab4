import type { Core } from '../../core.ts';
import { noteAnswer } from '../../request/answer-notes.ts';
import type { Answer } from '../../request/respond/write.ts';
import { limitsOfClient, standingOfClient } from '../../services/makers.ts';
import { type ClientRecord, publicClient } from '../../stores/records/kinds/client.ts';
import type { Principal } from '../../types.ts';
import type { CallContext } from '../route.ts';
import { invalidClient, invalidRequest, refuseOAuth } from './errors.ts';
import { type ClientParameters, presentedClient } from './presented-client.ts';

/** The client of a request. `public`: it named itself or none, and has no secret. */
export type OAuthClient =
  | Readonly<{ kind: 'public'; clientId: typeof publicClient }>
  | Readonly<{ kind: 'confidential'; clientId: string; record: ClientRecord }>;

type Authenticated = Readonly<{ ok: true; client: OAuthClient }> | Readonly<{ ok: false; answer: Answer }>;

const refuse = (answer: Answer): Authenticated => ({ ok: false, answer });
const publicOne: Authenticated = { ok: true, client: { kind: 'public', clientId: publicClient } };

/**
 * Authenticates the client of a request, by Basic or by its secret in the body. One without a secret is the public client
 * `gatewarden`, named or not. Unknown and disabled clients, wrong and missing secrets get one answer.
 */
export async function authenticateClient(
  { core, req, res, caller }: Pick<CallContext, 'core' | 'req' | 'res' | 'caller'>,
  body: ClientParameters,
): Promise<Authenticated> {
  const presented = presentedClient(req, body);
  if (presented.kind === 'none') return publicOne;
  if (presented.kind === 'unreadable') return refuse(invalidClient);
  if (presented.kind === 'ambiguous') return refuse(invalidRequest(presented.detail));
  const { clientId, secret } = presented;
  if (secret === undefined) return clientId === publicClient ? publicOne : refuse(invalidClient);
  const verified = await core.clientSignIn.verify({ clientId, secret }, caller);
  if (!verified.ok) return refuse(refuseOAuth(verified.refusal));
  noteAnswer(res, { user: verified.value.id });
  return { ok: true, client: { kind: 'confidential', clientId, record: verified.value } };
}

/** The principal of a client that has signed in: with what it holds now. */
export async function principalOf(core: Core, record: ClientRecord): Promise<Principal> {
  const standing = await standingOfClient(core.stores.records, record);
  return core.principals.ofClient(record.id, limitsOfClient(record, standing));
}
