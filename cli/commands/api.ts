import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { reasonOf, usage } from '../exit.ts';
import type { Output } from '../output.ts';
import { printableJson } from '../printable.ts';
import { connect } from '../server.ts';
import type { Globals } from '../shared-options.ts';

export interface ApiOptions {
  /** Default: GET, with a body POST. */
  readonly method?: string | undefined;
  /** The body; `@file` and `-` (stdin) read it. */
  readonly data?: string | undefined;
}

/** `api`: sends one request, and prints the body of the answer as it is; on a terminal JSON is indented. */
export async function api(path: string, options: ApiOptions, globals: Globals, out: Output): Promise<void> {
  const server = await connect(globals, out);
  const url = apiUrl(server.url, path);
  const body = options.data === undefined ? undefined : await bodyOf(options.data);
  const method = (options.method ?? (body === undefined ? 'GET' : 'POST')).toUpperCase();
  if (!/^[A-Z]+$/.test(method)) throw usage(`${method} is no method.`);
  const answer = await server.send(
    method,
    url,
    body === undefined ? undefined : { type: typeOf(body, url), text: body },
  );
  if (answer.body !== '') process.stdout.write(shown(answer.body));
}

/**
 * The URL of a path below the prefix of the server. `users` is short for `/api/v1/users`. Exit code 5 for what is elsewhere:
 * nobody else is to see the token.
 */
export function apiUrl(server: string, path: string): URL {
  const base = new URL(server);
  const url = URL.parse(absolute(server, base, path));
  const isBelow = url?.origin === base.origin && url.pathname.startsWith(`${base.pathname}/`);
  if (!url || !isBelow || url.username !== '' || url.password !== '') {
    throw usage(
      `${path} is not below ${server}, where alone the token is sent. Give a path such as /api/v1/users, or users.`,
    );
  }
  url.hash = '';
  return url;
}

function absolute(server: string, base: URL, path: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return path;
  if (path.startsWith(`${base.pathname}/`)) return base.origin + path;
  return path.startsWith('/') ? server + path : `${server}/api/v1/${path}`;
}

async function bodyOf(data: string): Promise<string> {
  if (data === '-') return text(process.stdin);
  if (!data.startsWith('@')) return data;
  try {
    return readFileSync(data.slice(1), 'utf8');
  } catch (error) {
    throw usage(`The body cannot be read: ${reasonOf(error)}`);
  }
}

/** Outside of `/api/` the server takes forms. */
function typeOf(body: string, { pathname }: URL): string {
  if (!pathname.includes('/api/')) return 'application/x-www-form-urlencoded';
  if (parsed(body) === undefined) throw usage('The body is no JSON.');
  return 'application/json';
}

function parsed(body: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(body) };
  } catch {
    return undefined;
  }
}

/** On a terminal nothing of the body may act as an escape sequence. */
function shown(body: string): string {
  if (process.stdout.isTTY !== true) return body;
  const json = parsed(body);
  return `${json === undefined ? printableJson(body) : printableJson(json.value)}\n`;
}
