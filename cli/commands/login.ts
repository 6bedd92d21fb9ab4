import { type Contexts, openContexts } from '../contexts/folder.ts';
import type { SignIn } from '../contexts/record.ts';
import { type Selection, selectedContext } from '../contexts/selection.ts';
import { reasonOf, usage } from '../exit.ts';
import { newSignIn, type SignInOptions } from '../new-sign-in.ts';
import type { Output } from '../output.ts';
import { isReadable, serverUrl } from '../remote/server-url.ts';
import { identityOf } from '../remote/sign-in.ts';
import { signOut } from '../remote/sign-out.ts';
import { chosenServer, noServer } from '../server.ts';
import type { Globals } from '../shared-options.ts';

/**
 * `auth login`: signs in and keeps it in the context, which is made if it is not there. What the context kept before ends on
 * its server afterwards. A sign-in that cannot be kept is ended.
 */
export async function login(
  name: string | undefined,
  options: SignInOptions,
  globals: Globals,
  out: Output,
): Promise<void> {
  const given = { ...options, username: oneName(name, options) };
  refuseContradictions(given);
  const contexts = openContexts(process.env, out.warn);
  const selection = await selectedContext(globals, contexts);
  const server = chosenServer(globals, selection) ?? (await askedServer());
  if (isReadable(server)) out.warn(`${server} is not encrypted: others on the way can read what is sent and answered`);
  const signIn = await newSignIn(server, given, globals, out);
  const token = signIn.kind === 'session' ? signIn.accessToken : signIn.token;
  const identity = await identityOf(server, token).catch((error: unknown) => undone(signIn, options, error, out));
  const kept = { ...signIn, user: identity.user };
  const before = await keep(contexts, selection, kept, out).catch((error: unknown) =>
    undone(kept, options, error, out),
  );
  if (before) await endBefore(before, kept, out);
  report({ context: selection.name, server, user: identity.user, role: identity.role }, globals, out);
}

function oneName(name: string | undefined, { username }: SignInOptions): string | undefined {
  if (name !== undefined && username !== undefined && name !== username) throw usage('Give one username.');
  return name ?? username;
}

function refuseContradictions(options: SignInOptions): void {
  const { token, tokenName, web, username } = options;
  const hasPassword = options.password !== undefined || options.passwordStdin || options.passwordFile !== undefined;
  const ways = [token !== undefined, web === true, hasPassword].filter(Boolean);
  if (ways.length > 1) throw usage('Sign in in one way: with a password, with --token or with --web.');
  if (token !== undefined && (tokenName !== undefined || username !== undefined)) {
    throw usage('A token says itself whose it is: --token goes without a username and without --token-name.');
  }
  if (web && username !== undefined) throw usage('With --web the browser says who signs in: leave the username out.');
}

async function askedServer(): Promise<string> {
  const { askText, canAsk } = await import('../prompts.ts');
  if (!canAsk()) throw noServer();
  return serverUrl(await askText('URL of the server', 'https://gate.example.com'), 'The answer');
}

/** Keeps the sign-in, and returns the one that was there. */
async function keep(
  contexts: Contexts,
  { name, by }: Selection,
  signIn: SignIn,
  out: Output,
): Promise<SignIn | undefined> {
  const before = await contexts.change(name, async (record) => {
    const { server, clientId, clientSecret } = record ?? {};
    const moves = server !== undefined && server !== signIn.server;
    if (moves && clientSecret) out.warn(`the client secret of ${name} was for ${server}: it is removed`);
    const client = moves ? {} : { clientId, clientSecret, clientToken: record?.clientToken };
    return { record: { ...client, server: signIn.server, signIn }, answer: record?.signIn };
  });
  if (by !== 'use' && (await contexts.inUse()) === undefined) await contexts.use(name);
  return before;
}

async function endBefore(before: SignIn, kept: SignIn, out: Output): Promise<void> {
  if (before.kind === 'token' && kept.kind === 'token' && before.token === kept.token) return;
  const { kind, ...more } = await signOut(before);
  // The API token of the same name was replaced.
  const isReplaced =
    before.kind === 'token' && before.name !== undefined && kept.kind === 'token' && before.name === kept.name;
  if (kind === 'kept' && !isReplaced) {
    out.note(
      `The token of before${before.kind === 'token' && before.name ? ` (${before.name})` : ''} is valid still: see \`gatewarden auth token list\`.`,
    );
  }
  if (kind !== 'failed' || !('error' in more)) return;
  const why = reasonOf(more.error);
  out.warn(`the sign-in of before, at ${before.server}, could not be ended: ${why}`);
}

/** Ends a sign-in that is not kept, and throws why not. A token that the user brought stays as it is. */
async function undone(signIn: SignIn, { token }: SignInOptions, error: unknown, out: Output): Promise<never> {
  if (token !== undefined) throw error;
  const { kind } = await signOut(signIn, { revoke: true });
  if (kind === 'failed')
    out.warn('the new sign-in could not be ended on the server: it ends by itself, or on your account page');
  else out.note('The new sign-in was ended on the server.');
  throw error;
}

type Done = Readonly<{ context: string; server: string; user: string; role: string }>;

function report(done: Done, globals: Globals, out: Output): void {
  if (globals.output === 'json') out.line('', done);
  out.note(`Signed in to ${done.server} as ${done.user} (${done.role}).`);
  const overruling = ['GATEWARDEN_TOKEN', 'GATEWARDEN_TOKEN_FILE'].find((name) => process.env[name] !== undefined);
  if (overruling) out.warn(`${overruling} is set and goes before this sign-in: unset it`);
}
