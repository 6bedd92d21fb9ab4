import { type Fields, isObject, textIn } from '../json.ts';
import type { Output } from '../output.ts';
import { connect } from '../server.ts';
import type { Globals } from '../shared-options.ts';
import type { Row } from '../sheet.ts';

const columns = ['name', 'role', 'scopes', 'created', 'last used', 'expires'] as const;
const minute = (at: string | undefined) => (at === undefined ? 'never' : `${at.slice(0, 16)}Z`);

const rowOf = (token: Fields): Row => ({
  name: textIn(token, 'name') ?? '',
  role: textIn(token, 'role') ?? 'as its owner',
  scopes: Array.isArray(token.scopes) ? token.scopes.join(' ') || 'none' : 'all',
  created: minute(textIn(token, 'created_at')),
  'last used': minute(textIn(token, 'last_used_at')),
  expires: minute(textIn(token, 'expires_at')),
});

/** `auth token list`: your API tokens; the tokens themselves are kept nowhere. */
export async function listOwnTokens(globals: Globals, out: Output): Promise<void> {
  const server = await connect(globals, out);
  const tokens: unknown[] = [];
  for await (const token of server.pages('/api/v1/tokens')) tokens.push(token);
  out.list(columns, tokens.filter(isObject).map(rowOf), tokens);
}

export interface NewTokenOptions {
  readonly role?: string;
  /** Separated by commas or spaces. */
  readonly scopes?: string;
  /** Milliseconds since the epoch. */
  readonly expires?: number;
}

/** `auth token create`: prints the new API token, which is shown this once. */
export async function createOwnToken(
  name: string,
  options: NewTokenOptions,
  globals: Globals,
  out: Output,
): Promise<void> {
  const { role, scopes, expires } = options;
  const body = {
    name,
    role,
    scopes: scopes?.split(/[\s,]+/).filter((one) => one !== ''),
    expires_at: expires === undefined ? undefined : new Date(expires).toISOString(),
  };
  const server = await connect(globals, out);
  const made = await server.confirmed('POST', '/api/v1/tokens', { body });
  out.line((isObject(made) && textIn(made, 'token')) || '', made);
  out.note('This is the only time that the token is shown.');
}

/** `auth token revoke`. */
export async function revokeOwnToken(name: string, globals: Globals, out: Output): Promise<void> {
  const server = await connect(globals, out);
  await server.confirmed('DELETE', `/api/v1/tokens/${encodeURIComponent(name)}`);
  out.note(`The token ${name} is revoked.`);
}
