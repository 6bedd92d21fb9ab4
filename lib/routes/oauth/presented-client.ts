import type { IncomingMessage } from 'node:http';

/** The client that a request names, and its secret, not verified yet. */
export type PresentedClient =
  /** It names none. */
  | Readonly<{ kind: 'none' }>
  | Readonly<{ kind: 'client'; clientId: string; secret: string | undefined }>
  /** An `Authorization` that no client can have. */
  | Readonly<{ kind: 'unreadable' }>
  /** The request authenticates its client twice, or contradicts itself (RFC 6749, 2.3). */
  | Readonly<{ kind: 'ambiguous'; detail: string }>;

/** The client's parameters in the body. */
export type ClientParameters = Readonly<{ client_id?: string | undefined; client_secret?: string | undefined }>;

const none: PresentedClient = Object.freeze({ kind: 'none' });
const unreadable: PresentedClient = Object.freeze({ kind: 'unreadable' });
const ambiguous = (detail: string): PresentedClient => ({ kind: 'ambiguous', detail });

/** RFC 6749, 2.3.1: id and secret are form-encoded before they become the name and the password of Basic. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function inBasic(value: string): PresentedClient {
  const pair = Buffer.from(value.trim(), 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon === -1) return unreadable;
  const [clientId, secret] = [decoded(pair.slice(0, colon)), decoded(pair.slice(colon + 1))];
  return clientId && secret !== undefined ? { kind: 'client', clientId, secret: secret || undefined } : unreadable;
}

function inBody({ client_id: clientId, client_secret: secret }: ClientParameters): PresentedClient {
  if (clientId !== undefined) return { kind: 'client', clientId, secret };
  return secret === undefined ? none : ambiguous('client_secret is sent without client_id.');
}

/**
 * Reads the client that a request authenticates as: by Basic, or in the body. A Bearer token in `Authorization` is no client
 * credential. Verifies nothing.
 */
export function presentedClient(
  { headers }: Pick<IncomingMessage, 'headers'>,
  body: ClientParameters,
): PresentedClient {
  const { authorization } = headers;
  if (authorization === undefined || /^bearer /i.test(authorization)) return inBody(body);
  if (!/^basic /i.test(authorization)) return unreadable;
  if (body.client_secret !== undefined)
    return ambiguous('The client is authenticated twice: by Basic and in the body.');
  const basic = inBasic(authorization.slice('basic '.length));
  const isAnother = basic.kind === 'client' && (body.client_id ?? basic.clientId) !== basic.clientId;
  return isAnother ? ambiguous('client_id is not the client of the Authorization header.') : basic;
}
