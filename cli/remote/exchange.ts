import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import { type as system } from 'node:os';
import { text } from 'node:stream/consumers';
import { CommandError, exit, reasonOf } from '../exit.ts';
import { version } from '../version.ts';

/** How long a server may take for its whole answer, in milliseconds. */
const patience = 10_000;

/** The longest answer that is read, in bytes. */
const longestAnswer = 64 * 1024 * 1024;

export type Message = Readonly<{
  method: string;
  url: URL;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}>;

export type Answer = Readonly<{ status: number; headers: IncomingHttpHeaders; body: string }>;

/**
 * Sends one request and reads the whole answer. Follows no redirect. Throws `CommandError`: exit code 2 when there is no
 * connection, TLS fails or ten seconds pass; 3 for an answer that is no HTTP or over 64 MiB.
 */
export async function exchange(message: Message): Promise<Answer> {
  const deadline = AbortSignal.timeout(patience);
  try {
    const answer = await answered(message, deadline);
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(bounded(answer)) };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw await unreachable(message.url, deadline.aborted ? new Error('no answer within 10 s') : error);
  }
}

async function answered({ method, url, headers, body }: Message, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const agent = { 'User-Agent': `gatewarden/${version()} (${system()})`, Accept: 'application/json' };
  const request = await opened(url, { method, signal, headers: { ...agent, ...headers, ...length } });
  request.on('response', resolve).on('error', reject);
  // A server that switches protocols gives no answer.
  request.on('upgrade', (_answer, socket) => socket.destroy(new Error('it switches protocols')));
  request.end(body);
  return promise;
}

async function opened(url: URL, options: RequestOptions): Promise<ClientRequest> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  return request(url, options);
}

async function* bounded(answer: IncomingMessage): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const chunk of answer) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > longestAnswer) throw new CommandError(exit.failed, 'answer_too_long', 'The answer is over 64 MiB.');
    yield bytes;
  }
}

const systemProblems: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it closed the connection',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no network',
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

async function unreachable(url: URL, error: unknown): Promise<CommandError> {
  const code = codeOf(error);
  const { tlsProblems } = await import('#tls-problems');
  if (code.startsWith('HPE_')) {
    return new CommandError(exit.failed, 'no_http', `${url.origin} does not answer in HTTP.`, [], askForUrl);
  }
  const why = systemProblems[code] ?? tlsProblems[code] ?? reasonOf(error);
  return new CommandError(
    exit.unreachable,
    'unreachable',
    `${url.origin} cannot be reached: ${why}.`,
    [],
    hintOn(code),
  );
}

const askForUrl = 'Is this the right URL? `gatewarden context show` says where it comes from.';

function hintOn(code: string): string {
  if (/CERT|VERIFY|ISSUER/.test(code)) {
    return 'For an authority of your own, set NODE_EXTRA_CA_CERTS to the PEM file of its certificate.';
  }
  return /SSL|EPROTO/.test(code)
    ? 'Should the URL begin with http:// instead?'
    : 'Is the gateway running, and is this the right URL?';
}
