import type { SignIn } from './contexts/record.ts';
import { CommandError, usage } from './exit.ts';
import { isObject, textIn } from './json.ts';
import type { Output } from './output.ts';
import { ownPassword } from './own-password.ts';
import { type PasswordOptions, presentPassword, secretFromStdin } from './password-input.ts';
import { fixedCredential } from './remote/credential.ts';
import { cleanToken } from './remote/environment-token.ts';
import { sessionOf, signInWithPassword } from './remote/sign-in.ts';
import { signOut } from './remote/sign-out.ts';
import { noTokens } from './remote/token-requests.ts';
import { serverAt } from './server.ts';
import type { Globals } from './shared-options.ts';

/** How to sign in: with `token`, by a browser (`web`), else with a password. */
export interface SignInOptions extends PasswordOptions {
  readonly username?: string | undefined;
  /** A token that is there already; `-` reads it from stdin. */
  readonly token?: string;
  /** Keeps an API token of this name instead of a session. */
  readonly tokenName?: string;
  readonly web?: boolean;
}

type Session = Extract<SignIn, { kind: 'session' }>;

/** Signs in at `server`. The user of a token that was given is not known yet: ''. */
export async function newSignIn(
  server: string,
  options: SignInOptions,
  globals: Globals,
  out: Output,
): Promise<SignIn> {
  if (options.token !== undefined)
    return { kind: 'token', server, user: '', token: await givenToken(options.token, out) };
  const session = await newSession(server, options, globals, out);
  return options.tokenName === undefined ? session : exchangedFor(options.tokenName, session, globals, out);
}

async function givenToken(token: string, out: Output): Promise<string> {
  if (token === '-') return cleanToken(await secretFromStdin('the token'), 'Stdin');
  out.warn('a token in a flag can be read by others on this machine and stays in the history; use --token -');
  return cleanToken(token, '--token');
}

async function newSession(server: string, options: SignInOptions, globals: Globals, out: Output): Promise<Session> {
  if (options.web) {
    const { signInByBrowser } = await import('./browser-sign-in.ts');
    return sessionOf(server, '', await signInByBrowser(server, globals, out));
  }
  const username = options.username ?? (await askedName());
  const password = await presentPassword(username, options, out);
  return sessionOf(server, username, await signInWithPassword(server, username, password));
}

async function askedName(): Promise<string> {
  const { askText, canAsk } = await import('./prompts.ts');
  if (!canAsk()) throw usage('There is no terminal to ask for the name on: use --username.');
  return askText('Username', 'ada');
}

/** Makes an API token in place of the one of that name, and ends the session that it was made with, whatever comes of it. */
async function exchangedFor(name: string, session: Session, globals: Globals, out: Output): Promise<SignIn> {
  const { server, user } = session;
  try {
    return { kind: 'token', server, user, token: await replacedToken(name, session, globals), name };
  } finally {
    const { kind } = await signOut(session);
    if (kind === 'failed') out.warn('the session that the token was made with could not be ended: it ends by itself');
  }
}

async function replacedToken(name: string, { server, accessToken }: Session, globals: Globals): Promise<string> {
  const { confirmed } = serverAt(server, fixedCredential('token', accessToken), ownPassword(globals));
  const make = () => confirmed('POST', '/api/v1/tokens', { body: { name } });
  const made = await make().catch(async (error: unknown) => {
    if (!(error instanceof CommandError) || error.code !== 'conflict') throw error;
    await confirmed('DELETE', `/api/v1/tokens/${encodeURIComponent(name)}`);
    return make();
  });
  const token = isObject(made) ? textIn(made, 'token') : undefined;
  if (token === undefined) throw noTokens(server);
  return token;
}
