import { CommandError, type ExitCode, exit } from '../exit.ts';
import { type Fields, isObject, objectIn, textIn } from '../json.ts';
import type { Answer } from './exchange.ts';

/** The stable code of a refusal: `code` of problem details (RFC 9457), or `error` of OAuth (RFC 6749). */
export function refusalCode({ body }: Answer): string | undefined {
  const fields = objectIn(body);
  return textIn(fields, 'code') ?? textIn(fields, 'error');
}

/** The error for an answer that is no success. */
export function refusedByServer(answer: Answer, url: URL): CommandError {
  const { status, headers, body } = answer;
  if (status >= 300 && status < 400) return redirected(url, headers.location);
  const fields = objectIn(body);
  const code = refusalCode(answer);
  if (code === undefined) return status === 500 && textIn(fields, 'title') ? broke(fields) : strange(status, url);
  const said = textIn(fields, 'detail') ?? textIn(fields, 'error_description') ?? textIn(fields, 'title') ?? code;
  const problems = Array.isArray(fields?.errors) ? fields.errors.filter(isObject).map(problemText) : [];
  return new CommandError(exitOf(status), code, messageOf(status, said), problems, hintOn(answer, fields));
}

const problemText = (one: Fields) => `${textIn(one, 'field') ?? ''}: ${textIn(one, 'message') ?? ''}`;

const messageOf = (status: number, said: string) => (status >= 500 ? `The server failed (${status}): ${said}` : said);

// The other hints are by the code.
function hintOn({ headers, status }: Answer, fields: Fields | undefined): string | undefined {
  if (fields?.applied === true)
    return 'The change is made, and other instances are still being told. Repeat the command: it is safe.';
  const seconds = headers['retry-after'];
  if ((status === 429 || status === 503) && seconds !== undefined) return `Try again in ${seconds} s.`;
  return undefined;
}

function exitOf(status: number): ExitCode {
  if (status === 401 || status === 403) return exit.notAllowed;
  return status >= 500 ? exit.failed : exit.refused;
}

const redirected = (url: URL, location: string | undefined): CommandError =>
  new CommandError(
    exit.failed,
    'redirected',
    `${url.origin} sends us on${location === undefined ? '' : ` to ${location.slice(0, 200)}`}: this is not followed.`,
    [],
    'Give the URL of the gateway itself: --server, GATEWARDEN_SERVER or `gatewarden context set-value server URL`.',
  );

/** An unexpected error of Gatewarden has no code, and is in its log only. */
const broke = (fields: Fields | undefined): CommandError =>
  new CommandError(
    exit.failed,
    'failed',
    `The server failed (500): ${textIn(fields, 'title')}`,
    [],
    'The log of the server says more.',
  );

/** An answer that Gatewarden would not give. */
const strange = (status: number, url: URL): CommandError =>
  new CommandError(
    exitOf(status),
    'no_gatewarden',
    `${url.href} answers ${status}, but not as Gatewarden does.`,
    [],
    'Does the URL name a gateway, with the prefix of its pages? The usual prefix is /_gatewarden.',
  );

/** Parses the JSON of a success; `undefined` for an answer without a body. Exit code 3 for what is no JSON. */
export function jsonOf({ status, body }: Answer, url: URL): unknown {
  if (status === 204 || body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    const { code, message, hint } = strange(status, url);
    throw new CommandError(exit.failed, code, message, [], hint);
  }
}
