import type { SignIn } from '../contexts/record.ts';
import { CommandError, exit } from '../exit.ts';
import { isObject, textIn } from '../json.ts';
import { type Answer, exchange } from './exchange.ts';
import { jsonOf, refusedByServer } from './refusals.ts';
import { noTokens, type Tokens } from './token-requests.ts';

/** Who a server says that a token belongs to. `expiresAt` is in ISO 8601. */
export type Identity = Readonly<{ user: string; role: string; via: string }>;

/** Signs in with a name and a password. Exit code 4 when they are wrong. */
export async function signInWithPassword(server: string, username: string, password: string): Promise<Tokens> {
  const url = new URL(`${server}/api/v1/login`);
  const headers = { 'Content-Type': 'application/json' };
  const answer = await exchange({ method: 'POST', url, headers, body: JSON.stringify({ username, password }) });
  if (answer.status !== 200) throw refusedByServer(answer, url);
  const fields = jsonOf(answer, url);
  if (!isObject(fields)) throw noTokens(server);
  const [accessToken, refreshToken] = [textIn(fields, 'token'), textIn(fields, 'refresh_token')];
  const expiresAt = byThisClock(textIn(fields, 'expires_at'), answer);
  if (!accessToken || !refreshToken || Number.isNaN(expiresAt)) throw noTokens(server);
  return { accessToken, refreshToken, expiresAt };
}

/** A moment of the server by the clock of this machine; `Date` says what the server's clock shows. NaN for what is no moment. */
function byThisClock(moment: string | undefined, { headers }: Answer): number {
  const shown = Date.parse(headers.date ?? '');
  return Date.parse(moment ?? '') + (Number.isNaN(shown) ? 0 : Date.now() - shown);
}

/**
 * Asks the server whose token it is, before it is kept. A refused token, and one that the server takes no notice of, are
 * errors with exit code 4.
 */
export async function identityOf(server: string, token: string): Promise<Identity> {
  const url = new URL(`${server}/api/v1/session`);
  const answer = await exchange({ method: 'GET', url, headers: { Authorization: `Bearer ${token}` } });
  if (answer.status !== 200) throw refusedByServer(answer, url);
  const fields = jsonOf(answer, url);
  const [user, role, via] = isObject(fields) ? ['user', 'role', 'via'].map((name) => textIn(fields, name)) : [];
  const isOwn = isObject(fields) && fields.authenticated === true && /^(access|api)-token$/.test(via ?? '');
  if (!isOwn || !user || !role || !via) throw ignored(server);
  return { user, role, via };
}

const ignored = (server: string) =>
  new CommandError(exit.notAllowed, 'invalid_token', `${server} does not sign anybody in with this token.`);

/** Deletes something as the bearer of `token`. 401 and 404 say that it is gone. */
export async function deleted(server: string, path: string, token: string): Promise<'ended' | 'was over'> {
  const url = new URL(server + path);
  const answer = await exchange({ method: 'DELETE', url, headers: { Authorization: `Bearer ${token}` } });
  if (answer.status >= 200 && answer.status < 300) return 'ended';
  if (answer.status === 401 || answer.status === 404) return 'was over';
  throw refusedByServer(answer, url);
}

/** Ends all sessions of the bearer's user. A token that is not valid any more ends nothing: exit code 4. */
export async function endAllSessions(server: string, token: string): Promise<void> {
  const url = new URL(`${server}/logout`);
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/x-www-form-urlencoded' };
  const answer = await exchange({ method: 'POST', url, headers, body: 'all=true' });
  if (answer.status < 200 || (answer.status >= 300 && answer.status !== 303)) throw refusedByServer(answer, url);
}

/** The sign-in that a context keeps of these tokens. */
export function sessionOf(server: string, user: string, tokens: Tokens): Extract<SignIn, { kind: 'session' }> {
  const { accessToken, refreshToken, expiresAt } = tokens;
  if (refreshToken === undefined) throw noTokens(server);
  return { kind: 'session', server, user, accessToken, refreshToken, expiresAt };
}
