import type { Contexts } from '../contexts/folder.ts';
import type { ContextRecord, SignIn } from '../contexts/record.ts';
import type { Selection } from '../contexts/selection.ts';
import { CommandError, exit } from '../exit.ts';
import { withSignalsHeld } from '../held-signals.ts';
import { refusalCode } from './refusals.ts';
import { askForTokens, commandClient, tokensOf } from './token-requests.ts';

/** What a command shows to the server. `undefined` as a token: nothing. */
export interface Credential {
  readonly kind: 'environment' | 'session' | 'token' | 'client' | 'none';
  /** A token that is not known to have expired. */
  token(): Promise<string | undefined>;
  /** Another token after the server refused `refused` with this code; `undefined` when there is none. */
  next(refused: string, code: string | undefined): Promise<string | undefined>;
}

/** A credential that stays as it is. */
export const fixedCredential = (kind: 'environment' | 'token' | 'none', token?: string): Credential => ({
  kind,
  token: async () => token,
  next: async () => undefined,
});

/** Tokens that expire within this time, in milliseconds, count as expired. */
const margin = 5000;

type Session = Extract<SignIn, { kind: 'session' }>;
type Kept = Readonly<{ contexts: Contexts; name: string }>;

const signInAgain = (name: string) => `Sign in again: gatewarden auth login --context ${name}`;

const ended = (name: string): CommandError =>
  new CommandError(
    exit.notAllowed,
    'signed_out',
    `The sign-in of the context ${name} has ended.`,
    [],
    signInAgain(name),
  );

/**
 * The session that a context keeps. Its access token is refreshed under the context's lock, so that of several commands one
 * spends the refresh token, and the others take what it kept: a second use would end the session.
 */
export function sessionCredential({ contexts, name }: Kept, first: Session): Credential {
  let session = first;

  // Between the answer and the file that keeps it, the spent refresh token would be all that is left.
  const renewed = (refused: string | undefined): Promise<Session> => withSignalsHeld(() => renewedOnce(refused));

  function renewedOnce(refused: string | undefined): Promise<Session> {
    return contexts.change(name, async (record) => {
      const kept = record?.signIn;
      // Another sign-in took its place: this command does not go on as somebody else.
      if (!record || kept?.kind !== 'session' || !isOfSame(kept, first)) throw ended(name);
      if (kept.accessToken !== refused && isFresh(kept)) return { record, answer: kept };
      const signIn = await refreshed(kept);
      if (signIn === 'ended') throw ended(name);
      return { record: { ...record, signIn }, answer: signIn };
    });
  }

  return {
    kind: 'session',
    async token() {
      if (!isFresh(session)) session = await renewed(undefined);
      return session.accessToken;
    },
    async next(refused, code) {
      if (code !== 'token_expired') return undefined;
      session = await renewed(refused);
      return session.accessToken;
    },
  };
}

const isOfSame = (one: Session, other: Session) => one.server === other.server && one.user === other.user;

const isFresh = ({ expiresAt }: { expiresAt: number }) => expiresAt > Date.now() + margin;

/** The session with an access token that has not expired; `ended` when the server does not refresh it. */
export const currentSession = async (session: Session): Promise<Session | 'ended'> =>
  isFresh(session) ? session : refreshed(session);

async function refreshed(session: Session): Promise<Session | 'ended'> {
  const { server, refreshToken } = session;
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: commandClient };
  const answer = await askForTokens(server, form);
  if (answer.status === 400 && refusalCode(answer) === 'invalid_grant') return 'ended';
  const tokens = tokensOf(answer, server);
  return { ...session, ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
}

type Client = Readonly<{ server: string; clientId: string; clientSecret: string }>;

/** The client of a context: its access token is kept until it expires, where the folder can be written to. */
export function clientCredential({ contexts, name }: Kept, client: Client, record: ContextRecord): Credential {
  const { server, clientId: id, clientSecret: secret } = client;
  let kept = record.clientToken;

  async function granted(): Promise<string> {
    const tokens = tokensOf(await askForTokens(server, { grant_type: 'client_credentials' }, { id, secret }), server);
    const clientToken = { server, token: tokens.accessToken, expiresAt: tokens.expiresAt };
    kept = clientToken;
    const keep = async (now: ContextRecord | undefined) => ({
      record: now?.clientId === id && now.server === server ? { ...now, clientToken } : now,
      answer: undefined,
    });
    // Where nothing can be kept, the next command asks for a token of its own.
    await contexts.change(name, keep).catch(() => undefined);
    return clientToken.token;
  }

  return {
    kind: 'client',
    token: async () => (kept && kept.server === server && isFresh(kept) ? kept.token : granted()),
    next: async (_refused, code) => (code === 'missing_credential' ? undefined : granted()),
  };
}

/** The credential of a context for `server`; one that was made for another server does not count. */
export function credentialOf({ name, record }: Selection, contexts: Contexts, server: string): Credential {
  const signIn = record?.signIn;
  if (signIn?.server === server) {
    return signIn.kind === 'token'
      ? fixedCredential('token', signIn.token)
      : sessionCredential({ contexts, name }, signIn);
  }
  const { clientId, clientSecret } = record ?? {};
  if (!record || record.server !== server || !clientId || !clientSecret) return fixedCredential('none');
  return clientCredential({ contexts, name }, { server, clientId, clientSecret }, record);
}
