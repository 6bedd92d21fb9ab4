import { isObject, textIn } from '../json.ts';

/** A sign-in that a context keeps. `server` is the one that it was made with: its tokens are sent to no other. */
export type SignIn =
  | Readonly<{
      kind: 'session';
      server: string;
      user: string;
      accessToken: string;
      refreshToken: string;
      /** When the access token expires, by the clock of this machine; in milliseconds. */
      expiresAt: number;
    }>
  /** `name` is that of an API token which `auth login --token-name` made. */
  | Readonly<{ kind: 'token'; server: string; user: string; token: string; name?: string | undefined }>;

/** An access token of the client, kept until `expiresAt` (milliseconds, by the clock of this machine). */
export type ClientToken = Readonly<{ server: string; token: string; expiresAt: number }>;

/** What is kept of a context. */
export interface ContextRecord {
  readonly server?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly signIn?: SignIn | undefined;
  readonly clientToken?: ClientToken | undefined;
}

const version = 1;

/** The text of a context's file. */
export function recordText({ server, clientId, clientSecret, signIn, clientToken }: ContextRecord): string {
  const kept = { version, server, 'client-id': clientId, 'client-secret': clientSecret, signIn, clientToken };
  return `${JSON.stringify(kept, null, 2)}\n`;
}

/** Parses a context's file. `damaged`: it is none. `newer`: a later version of the command wrote it. */
export function recordIn(text: string): ContextRecord | 'damaged' | 'newer' {
  const fields = parsed(text);
  if (!isObject(fields)) return 'damaged';
  if (fields.version !== version)
    return typeof fields.version === 'number' && fields.version > version ? 'newer' : 'damaged';
  const signIn = fields.signIn === undefined ? undefined : signInIn(fields.signIn);
  const clientToken = fields.clientToken === undefined ? undefined : clientTokenIn(fields.clientToken);
  if (signIn === 'damaged' || clientToken === 'damaged' || texts.some((name) => isWrong(fields[name])))
    return 'damaged';
  const [server, clientId, clientSecret] = texts.map((name) => textIn(fields, name));
  return { server, clientId, clientSecret, signIn, clientToken };
}

const texts = ['server', 'client-id', 'client-secret'] as const;
const isWrong = (value: unknown) => value !== undefined && typeof value !== 'string';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function signInIn(value: unknown): SignIn | 'damaged' {
  if (!isObject(value)) return 'damaged';
  const [server, user] = [textIn(value, 'server'), textIn(value, 'user')];
  if (server === undefined || user === undefined) return 'damaged';
  if (value.kind === 'token') {
    const token = textIn(value, 'token');
    return token === undefined ? 'damaged' : { kind: 'token', server, user, token, name: textIn(value, 'name') };
  }
  const [accessToken, refreshToken] = [textIn(value, 'accessToken'), textIn(value, 'refreshToken')];
  const { kind, expiresAt } = value;
  if (kind !== 'session' || typeof expiresAt !== 'number' || !accessToken || !refreshToken) return 'damaged';
  return { kind, server, user, accessToken, refreshToken, expiresAt };
}

function clientTokenIn(value: unknown): ClientToken | 'damaged' {
  if (!isObject(value)) return 'damaged';
  const [server, token, expiresAt] = [textIn(value, 'server'), textIn(value, 'token'), value.expiresAt];
  return server && token && typeof expiresAt === 'number' ? { server, token, expiresAt } : 'damaged';
}
