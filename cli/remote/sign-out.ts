import type { ContextRecord, SignIn } from '../contexts/record.ts';
import { type CommandError, usage } from '../exit.ts';
import { currentSession } from './credential.ts';
import { refusedByServer } from './refusals.ts';
import { deleted, endAllSessions } from './sign-in.ts';
import { postForm } from './token-requests.ts';

/** `all`: every session of the user. `revoke`: the API token too, which a sign-out leaves otherwise. */
export type SignOutWish = Readonly<{ all?: boolean; revoke?: boolean }>;

/**
 * What came of a sign-out. `was over`: the server had ended it before. `kept`: an API token, which is valid still. `failed`:
 * the server did not confirm it; `signIn` is then what to keep for another attempt.
 */
export type SignOut =
  | Readonly<{ kind: 'ended' | 'was over' | 'kept' }>
  | Readonly<{ kind: 'failed'; error: unknown; signIn: SignIn | undefined }>;

/** Ends a sign-in on its server. The caller holds the lock of its context, or has taken it out of there. */
export async function signOut(signIn: SignIn, wish: SignOutWish = {}): Promise<SignOut> {
  let latest = signIn;
  try {
    if (latest.kind === 'session') {
      const session = await currentSession(latest);
      if (session === 'ended') return wish.all ? cannotEndAll(latest) : { kind: 'was over' };
      latest = session;
    }
    return { kind: await ended(latest, wish) };
  } catch (error) {
    return { kind: 'failed', error, signIn: latest };
  }
}

async function ended(signIn: SignIn, { all, revoke }: SignOutWish): Promise<'ended' | 'was over' | 'kept'> {
  const { server } = signIn;
  const token = signIn.kind === 'session' ? signIn.accessToken : signIn.token;
  if (all) await endAllSessions(server, token);
  if (signIn.kind === 'session') return all ? 'ended' : deleted(server, '/api/v1/session', token);
  if (!revoke) return 'kept';
  if (!token.startsWith('gwt_')) return deleted(server, '/api/v1/session', token);
  if (signIn.name === undefined) throw namelessToken();
  return deleted(server, `/api/v1/tokens/${encodeURIComponent(signIn.name)}`, token);
}

const namelessToken = (): CommandError =>
  usage('The name of this API token is not known here: revoke it with `gatewarden auth token revoke NAME`.');

function cannotEndAll(signIn: SignIn): SignOut {
  const error = usage('This sign-in was over already, so it ended no others: sign in again, and repeat this.');
  return { kind: 'failed', error, signIn };
}

/** Ends the access token that a context keeps of its client (RFC 7009); does nothing where there is none. Throws when that fails. */
export async function endClientToken({ clientToken, clientId, clientSecret }: ContextRecord): Promise<void> {
  if (!clientToken || !clientId || !clientSecret) return;
  const url = new URL(`${clientToken.server}/oauth/revoke`);
  const answer = await postForm(url, { token: clientToken.token }, { id: clientId, secret: clientSecret });
  // 401: the client is gone, or its secret was replaced, and its tokens went with it or expire.
  if (answer.status !== 200 && answer.status !== 401) throw refusedByServer(answer, url);
}
