import { CommandError, exit } from '../exit.ts';
import { isObject, textIn } from '../json.ts';
import type { Output } from '../output.ts';
import { connect, type Server } from '../server.ts';
import type { Globals } from '../shared-options.ts';

const credentials: Readonly<Record<Server['credential'], string>> = {
  environment: 'GATEWARDEN_TOKEN',
  session: 'session of the context',
  token: 'token of the context',
  client: 'client of the context',
  none: 'none',
};

/** `auth status`: asks the server who this is. Exit code 4 when nobody is signed in. */
export async function status(globals: Globals, out: Output): Promise<void> {
  const server = await connect(globals, out).catch((error: unknown) => {
    throw error instanceof CommandError && error.code === 'no_server' ? notSignedIn('anywhere', error.hint) : error;
  });
  const answer = await server.call('GET', '/api/v1/session');
  if (!isObject(answer) || answer.authenticated !== true) throw notSignedIn(`to ${server.url}`);
  if (answer.via === 'auto-login' && server.credential !== 'none')
    throw notSignedIn(`to ${server.url} with this token`);
  const scopes = Array.isArray(answer.scopes) ? answer.scopes.map(String) : [];
  const [user, role, via, expires] = ['user', 'role', 'via', 'expires_at'].map((name) => textIn(answer, name) ?? '');
  const row = { server: server.url, context: server.context, 'signed in by': credentials[server.credential] };
  const who = {
    user: user ?? '',
    role: role ?? '',
    via: via ?? '',
    scopes: scopes.join(' '),
    expires: expires || 'never',
  };
  out.one(
    { ...row, ...who },
    { ...answer, server: server.url, context: server.context, credential: server.credential },
  );
}

const notSignedIn = (where: string, hint?: string) =>
  new CommandError(exit.notAllowed, 'not_signed_in', `Not signed in ${where}.`, [], hint);
