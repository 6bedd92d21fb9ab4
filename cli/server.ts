import { openContexts } from './contexts/folder.ts';
import { mustBeThere, type Selection, selectedContext } from './contexts/selection.ts';
import { CommandError, exit } from './exit.ts';
import { isObject, textIn } from './json.ts';
import type { Output } from './output.ts';
import { type OwnPassword, ownPassword } from './own-password.ts';
import { type Credential, credentialOf, fixedCredential } from './remote/credential.ts';
import { type Answer, exchange } from './remote/exchange.ts';
import { jsonOf, refusalCode, refusedByServer } from './remote/refusals.ts';
import { serverUrl } from './remote/server-url.ts';
import type { Globals } from './shared-options.ts';

/** What goes with a call: `body` is sent as JSON, `query` without what is `undefined`. */
export type CallOptions = Readonly<{ body?: unknown; query?: Readonly<Record<string, string | undefined>> }>;

/** A server, asked with the credential of the environment or of the context. */
export interface Server {
  /** URL with the prefix, without a slash at its end. */
  readonly url: string;
  readonly credential: Credential['kind'];
  /** The name of the context. */
  readonly context: string;
  /**
   * Sends JSON and returns the parsed body; `undefined` for 204. Throws `CommandError` for refusals (exit code 1, 4), for a
   * server that failed (3) or cannot be reached (2). Refreshes an access token that has expired.
   */
  call(method: string, path: string, options?: CallOptions): Promise<unknown>;
  /** All items of a paged list. */
  pages(path: string, query?: CallOptions['query']): AsyncIterable<unknown>;
  /**
   * As `call`, for a call that needs a fresh sign-in: on `confirmation_required` sends the password of
   * `--current-password-stdin` or `--current-password-file`, or the one typed on a terminal, as `current_password`.
   */
  confirmed(method: string, path: string, options?: CallOptions): Promise<unknown>;
  /** Sends a body of any type and returns the answer. Throws as `call` does. */
  send(method: string, url: URL, body?: Readonly<{ type: string; text: string }>): Promise<Answer>;
  /** Ends all sessions of the bearer's user, this one too, in one call. */
  endSessions(): Promise<void>;
}

/**
 * Finds the server and the credential: of `--server`, `--context`, `GATEWARDEN_SERVER`, `GATEWARDEN_TOKEN` or the context.
 * Asks no server yet. Without a credential calls are made without one. Exit code 5 when no server is named.
 */
export async function connect(globals: Globals, out: Output): Promise<Server> {
  const contexts = openContexts(process.env, out.warn);
  const selection = await selectedContext(globals, contexts);
  mustBeThere(selection);
  const url = chosenServer(globals, selection);
  if (url === undefined) throw noServer();
  const credential = await chosenCredential(selection, credentialOf(selection, contexts, url));
  return { ...serverAt(url, credential, ownPassword(globals)), context: selection.name };
}

/** The server of `--server`, of the context of `--context`, of `GATEWARDEN_SERVER`, or of the context: the first that is there. */
export function chosenServer({ server }: Globals, { by, record }: Selection): string | undefined {
  if (server !== undefined) return serverUrl(server, '--server');
  if (by === 'flag' && record?.server !== undefined) return record.server;
  const fromEnvironment = process.env.GATEWARDEN_SERVER?.trim();
  return fromEnvironment ? serverUrl(fromEnvironment, 'GATEWARDEN_SERVER') : record?.server;
}

/** A token of the environment goes before a context, unless `--context` names one that has a credential. */
async function chosenCredential({ by }: Selection, own: Credential): Promise<Credential> {
  if (by === 'flag' && own.kind !== 'none') return own;
  const { environmentToken } = await import('./remote/environment-token.ts');
  const token = environmentToken(process.env);
  return token === undefined ? own : fixedCredential('environment', token);
}

/** The error when no server is named; exit code 5. */
export const noServer = (): CommandError =>
  new CommandError(
    exit.usage,
    'no_server',
    'No server is named.',
    [],
    'Sign in to one: gatewarden auth login --server https://gate.example.com. To work on the store itself, commands have --local.',
  );

/** A server with this credential. */
export function serverAt(url: string, credential: Credential, askPassword: OwnPassword): Omit<Server, 'context'> {
  async function answerTo(
    method: string,
    target: URL,
    body?: Readonly<{ type: string; text: string }>,
  ): Promise<Answer> {
    const once = (token: string | undefined) =>
      exchange({
        method,
        url: target,
        headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { 'Content-Type': body.type }) },
        ...(body && { body: body.text }),
      });
    const token = await credential.token();
    const answer = await once(token);
    if (answer.status !== 401 || token === undefined) return answer;
    const next = await credential.next(token, refusalCode(answer));
    return next === undefined ? answer : once(next);
  }

  async function asked(method: string, path: string, { body, query }: CallOptions = {}): Promise<Answer> {
    const sent = body === undefined ? undefined : { type: 'application/json', text: JSON.stringify(body) };
    return answerTo(method, urlOf(url, path, query), sent);
  }

  function accepted(answer: Answer, target: URL): Answer {
    if (answer.status >= 200 && answer.status < 300) return answer;
    const error = refusedByServer(answer, target);
    throw credential.kind === 'environment' && answer.status === 401 ? badEnvironment(error) : error;
  }

  function resultOf(answer: Answer, path: string): unknown {
    const target = urlOf(url, path);
    return jsonOf(accepted(answer, target), target);
  }

  const send: Server['send'] = async (method, target, body) => accepted(await answerTo(method, target, body), target);

  // The server's form, which redirects to the sign-in page.
  async function endSessions(): Promise<void> {
    const target = urlOf(url, '/logout');
    const answer = await answerTo('POST', target, { type: 'application/x-www-form-urlencoded', text: 'all=true' });
    if (answer.status !== 303) throw refusedByServer(answer, target);
  }

  const call = async (method: string, path: string, options?: CallOptions) =>
    resultOf(await asked(method, path, options), path);

  async function confirmed(method: string, path: string, options: CallOptions = {}): Promise<unknown> {
    let answer = await asked(method, path, options);
    while (answer.status === 403 && refusalCode(answer) === 'confirmation_required') {
      const password = await askPassword();
      if (password === undefined) break;
      const body = { ...(isObject(options.body) ? options.body : {}), current_password: password };
      answer = await asked(method, path, { ...options, body });
    }
    return resultOf(answer, path);
  }

  async function* pages(path: string, query: CallOptions['query'] = {}): AsyncGenerator<unknown> {
    let cursor: string | undefined;
    do {
      const page = await call('GET', path, { query: { ...query, ...(cursor !== undefined && { cursor }) } });
      if (!isObject(page) || !Array.isArray(page.items)) throw noList(url);
      yield* page.items;
      const next = textIn(page, 'next_cursor');
      if (next !== undefined && next === cursor) throw noList(url);
      cursor = next;
    } while (cursor !== undefined);
  }

  return { url, credential: credential.kind, call, pages, confirmed, send, endSessions };
}

function urlOf(server: string, path: string, query: CallOptions['query'] = {}): URL {
  const url = new URL(server + path);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

const badEnvironment = ({ exitCode, code, message, problems }: CommandError) =>
  new CommandError(
    exitCode,
    code,
    message,
    problems,
    'GATEWARDEN_TOKEN holds the token: give another one, or unset it.',
  );

const noList = (url: string) =>
  new CommandError(exit.failed, 'no_gatewarden', `${url} answers with something other than a list.`);
