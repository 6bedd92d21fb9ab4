import { equalSecrets } from '../../crypto/constant-time.ts';
import { sha256 } from '../../crypto/digest.ts';
import { makeToken } from '../../crypto/random.ts';
import { clientIsValid, endOfClient, limitsOfClient, standingOfClient } from '../../services/makers.ts';
import type { ClientSecrets } from '../../services.ts';
import { type ClientRecord, clientKind } from '../../stores/records/kinds/client.ts';
import type { RecordReader } from '../../stores/records/records.ts';
import type { Principal } from '../../types.ts';
import type { CredentialCache, Found, LookUp } from './cache.ts';
import { marksOfClient } from './marks.ts';
import type { Principals } from './principal.ts';
import { bad } from './verdict.ts';

type Dependencies = Readonly<{
  records: RecordReader;
  principals: Principals;
  cache: CredentialCache;
  clock: () => number;
}>;

/** Compared where there is no secret, so that the time tells nothing: nobody was given it. */
const nobodys = sha256(makeToken('gws_'));

/** Whether a text is one of the client's secrets. Always two comparisons, each in constant time. */
function hasSecret(client: ClientRecord | undefined, secret: string): boolean {
  const presented = sha256(secret);
  const [newer, older] = [client?.secrets[0], client?.secrets[1]].map((kept) =>
    equalSecrets(kept?.hash ?? nobodys, presented),
  );
  return newer === true || older === true;
}

const wrong = bad('invalid_credentials');

/** Verifies the secrets of clients. A right one is cached as any credential, until something is told of its client. */
export function clientSecrets({ records, principals, cache, clock }: Dependencies): ClientSecrets {
  /** The records of the clients behind cached credentials. */
  const clients = new WeakMap<Principal, ClientRecord>();

  // Apart from the keys of tokens, which are digests alone.
  const keyOf = (id: string, secret: string): string => `client-secret ${sha256(`${id}:${secret}`)}`;

  const clientOf = (found: Found | undefined): ClientRecord | undefined =>
    found?.kind === 'principal' ? clients.get(found.principal) : undefined;

  async function lookUp(id: string, secret: string): Promise<LookUp> {
    const client = await records.get(clientKind, id);
    const standing = await standingOfClient(records, client ?? {});
    const marks = marksOfClient(id, client, standing);
    const isRight = hasSecret(client, secret) && clientIsValid(client, standing, clock());
    if (client === undefined || !isRight) return { found: wrong, marks };
    const until = endOfClient(client, standing);
    const principal = principals.ofClient(id, { ...limitsOfClient(client, standing), expiresAt: until });
    clients.set(principal, client);
    return { found: { kind: 'principal', principal, until, touchAt: Number.POSITIVE_INFINITY }, marks };
  }

  return {
    remembered: (id, secret) => clientOf(cache.get('access-token', keyOf(id, secret), clock())),
    verify: async (id, secret) =>
      clientOf(await cache.fill('access-token', keyOf(id, secret), () => lookUp(id, secret))),
  };
}
